package people

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

func TestExport(t *testing.T) {
	ctx := context.Background()
	r := open(t)
	ann, bob := r.user(t, "ann"), r.user(t, "bob")
	if _, _, err := r.Enrol(ctx, ann.ID, demo, "audit"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.Grant(ctx, ann.ID, other, RoleStaff, bob.ID); err != nil {
		t.Fatal(err)
	}
	token := r.session(t, ann)
	export, err := r.Export(ctx, ann.ID)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(export)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"ann", "ann@example.org", "The ann", demo, other, RoleStaff, r.Pseudonym(ann.ID, demo), "192.0.2.0/24", "Test/1"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the export lacks %q", want)
		}
	}
	for _, secret := range []string{"argon2", token, digest(token), bob.ID, "bob"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("the export holds %q", secret)
		}
	}
	if _, err := r.Export(ctx, "nobody"); !errors.Is(err, ErrNotFound) {
		t.Errorf("nobody: %v", err)
	}
}

// A canary person is found nowhere after the erasure, and what others hold under the pseudonym stays consistent.
func TestErase(t *testing.T) {
	ctx := context.Background()
	r := open(t)
	ann, bob := r.user(t, "canary"), r.user(t, "bob")
	for _, user := range []User{ann, bob} {
		if _, _, err := r.Enrol(ctx, user.ID, demo, ""); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := r.Grant(ctx, ann.ID, other, RoleInstructor, ""); err != nil {
		t.Fatal(err)
	}
	token := r.session(t, ann)
	link, err := r.IssueToken(ctx, ann.ID, PurposeConfirm, "canary@example.org", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	pseudonym := r.Pseudonym(ann.ID, demo)
	if err := r.Erase(ctx, ann.ID); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"user":    second(r.User(ctx, ann.ID)),
		"login":   second(r.FindUser(ctx, "canary")),
		"address": second(r.FindUser(ctx, "canary@example.org")),
		"sign in": second(r.SignIn(ctx, Attempt{Login: "canary", Password: password, Client: home})),
		"enrol":   third(r.Enrol(ctx, ann.ID, demo, "")),
		"grant":   third(r.Grant(ctx, ann.ID, demo, RoleStaff, "")),
		"token":   third(r.SpendToken(ctx, PurposeConfirm, link)),
		"again":   r.Erase(ctx, ann.ID),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if r.holds(t, token) {
		t.Error("the session holds")
	}
	m, err := r.ByPseudonym(ctx, demo, pseudonym)
	if err != nil || m.User != "" || m.Enrolled || len(m.Roles) > 0 || m.Pseudonym != pseudonym {
		t.Errorf("%+v, %v", m, err)
	}
	if users, err := r.Users(ctx, demo, []string{pseudonym, r.Pseudonym(bob.ID, demo)}); err != nil || len(users) != 1 {
		t.Errorf("%v, %v", users, err)
	}
	if n, err := r.CountMembers(ctx, other, Filter{Group: RoleInstructor}, 10); err != nil || n != 0 {
		t.Errorf("%d instructors, %v", n, err)
	}
	// Nothing that is stored holds the name, the address or the id.
	for _, spec := range Specs() {
		page, err := r.config.Store.Find(ctx, spec.Name, store.Query{Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range page.Records {
			for _, canary := range []string{"canary", ann.ID} {
				if strings.Contains(record.ID+string(record.Body), canary) {
					t.Errorf("%s holds %q: %q %q", spec.Name, canary, record.ID, record.Body)
				}
			}
		}
	}
	// The name is free for somebody else.
	if r.user(t, "canary").ID == ann.ID {
		t.Error("the same id twice")
	}
}

func second(_ User, err error) error            { return err }
func third[A, B any](_ A, _ B, err error) error { return err }

func TestEraseResumes(t *testing.T) {
	ctx := context.Background()
	r := open(t)
	ann := r.user(t, "ann")
	if _, _, err := r.Enrol(ctx, ann.ID, demo, ""); err != nil {
		t.Fatal(err)
	}
	token := r.session(t, ann)
	doc, err := r.users.Get(ctx, ann.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.closeAccount(ctx, doc); err != nil { // and then the process dies
		t.Fatal(err)
	}
	if _, err := r.FindUser(ctx, "ann"); !errors.Is(err, ErrNotFound) || r.holds(t, token) {
		t.Errorf("half erased: %v", err)
	}
	if users, _, err := r.All(ctx, 10, ""); err != nil || len(users) != 0 {
		t.Errorf("half erased: %v, %v", users, err)
	}
	if n, err := r.ResumeErasures(ctx); err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
	if n, err := r.ResumeErasures(ctx); err != nil || n != 0 {
		t.Errorf("again: %d, %v", n, err)
	}
	if n, err := r.users.Count(ctx, everything, 10); err != nil || n != 0 {
		t.Errorf("%d accounts, %v", n, err)
	}
	if m, err := r.ByPseudonym(ctx, demo, r.Pseudonym(ann.ID, demo)); err != nil || m.User != "" {
		t.Errorf("%+v, %v", m, err)
	}
}

// Requirement 27: a restore ends sessions and applies erasures again.
func TestRestore(t *testing.T) {
	ctx := context.Background()
	r := open(t)
	ann, bob := r.user(t, "ann"), r.user(t, "bob")
	if _, _, err := r.Enrol(ctx, ann.ID, demo, ""); err != nil {
		t.Fatal(err)
	}
	session := r.session(t, bob)
	// A backup is made, ann is erased, and the backup comes back.
	before, err := r.config.Store.Get(ctx, userSpec.Name, ann.ID)
	if err != nil {
		t.Fatal(err)
	}
	pseudonym := r.Pseudonym(ann.ID, demo)
	member, err := r.config.Store.Get(ctx, memberSpec.Name, memberID(demo, pseudonym))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Erase(ctx, ann.ID); err != nil {
		t.Fatal(err)
	}
	erasures, err := r.Erasures(ctx)
	if err != nil || len(erasures) != 1 || strings.Contains(erasures[0].Key, ann.ID) {
		t.Fatalf("%v, %v", erasures, err)
	}
	if err := r.config.Store.Insert(ctx, userSpec.Name, before); err != nil {
		t.Fatal(err)
	}
	if err := r.config.Store.Delete(ctx, memberSpec.Name, member.ID, 0); err != nil {
		t.Fatal(err)
	}
	if err := r.config.Store.Insert(ctx, memberSpec.Name, member); err != nil {
		t.Fatal(err)
	}
	var walked []string
	n, err := r.ApplyErasures(ctx, erasures, func(_ context.Context, pseudonyms []string) error {
		walked = append(walked, pseudonyms...)
		return nil
	})
	if err != nil || n != 1 || !slices.Equal(walked, []string{pseudonym}) {
		t.Errorf("%d, %v, %v", n, walked, err)
	}
	if _, err := r.User(ctx, ann.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("ann is back: %v", err)
	}
	if r.holds(t, session) {
		t.Error("bob's session came back")
	}
	if _, err := r.SignIn(ctx, Attempt{Login: "bob", Password: password, Client: home}); err != nil {
		t.Errorf("bob: %v", err)
	}
}
