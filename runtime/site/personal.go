package site

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/quoin-lms/quoin/runtime/allowance"
	"github.com/quoin-lms/quoin/runtime/asking"
	"github.com/quoin-lms/quoin/runtime/bookmarks"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/remarks"
	"github.com/quoin-lms/quoin/runtime/course/review"
	"github.com/quoin-lms/quoin/runtime/course/transfer"
	"github.com/quoin-lms/quoin/runtime/events"
	"github.com/quoin-lms/quoin/runtime/files"
	"github.com/quoin-lms/quoin/runtime/installed"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/listening"
	"github.com/quoin-lms/quoin/runtime/marking"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/people/lists"
	"github.com/quoin-lms/quoin/runtime/presence"
	"github.com/quoin-lms/quoin/runtime/secrets"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Specs lists the collections of a site, those of its blocks left aside (see [kernel.Kernel.Collections]).
func Specs() []store.Spec {
	return slices.Concat(
		kernel.Specs(),
		people.Specs(),
		lists.Specs(),
		files.Specs(),
		events.Specs(),
		listening.Specs(),
		allowance.Specs(),
		installed.Specs(),
		marking.Specs(),
		transfer.Specs(),
		authoring.Specs(),
		review.Specs(),
		remarks.Specs(),
		[]store.Spec{bookmarks.Spec(), bookmarks.PlaceSpec(), secrets.Spec(), asking.Spec(), presence.Spec()},
	)
}

// membersCollection holds who is whose pseudonym. Package people exports and erases it itself.
var membersCollection = membersName()

func membersName() string {
	for _, spec := range people.Specs() {
		if spec.Learners != "" {
			return spec.Name
		}
	}
	return ""
}

// personal lists the collections whose documents concern learners, with those of blocks.
func (s *Site) personal(ctx context.Context) (own, blocks []store.Spec, err error) {
	for _, spec := range Specs() {
		if spec.Learners != "" && spec.Name != membersCollection {
			own = append(own, spec)
		}
	}
	blocks, err = s.Kernel.Collections(ctx)
	return own, blocks, err
}

// Pseudonyms gives every pseudonym that something of a user's may be filed under, by run: those of his memberships, and of
// every other run, since staff and visitors leave traces without a membership.
func (s *Site) Pseudonyms(ctx context.Context, user string) (map[string]string, error) {
	found := map[string]string{}
	members, err := s.People.Runs(ctx, user)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		found[m.Run] = m.Pseudonym
	}
	after := store.Cursor("")
	for {
		runs, next, err := s.Courses.Runs(ctx, after, 1000)
		if err != nil {
			return nil, err
		}
		for i := range runs {
			run := runs[i].Key
			found[run] = s.People.Pseudonym(user, run)
		}
		if after = next; after == "" {
			break
		}
	}
	found[""] = s.People.Pseudonym(user, "") // documents of the site as a whole
	return found, nil
}

// Erased tells what an erasure took away: documents by collection.
type Erased map[string]int

// Total is the number of documents.
func (e Erased) Total() int {
	n := 0
	for _, count := range e {
		n += count
	}
	return n
}

// EraseLearner deletes everything that is filed under the pseudonyms. Files that nobody else refers to go within a day.
// A document of a block that concerns others too stays, without the pseudonym.
func (s *Site) EraseLearner(ctx context.Context, pseudonyms ...string) (Erased, error) {
	own, _, err := s.personal(ctx)
	if err != nil {
		return nil, fmt.Errorf("erasing a learner: %w", err)
	}
	erased := Erased{}
	for _, pseudonym := range pseudonyms {
		for _, spec := range own {
			n, err := s.deleteFiled(ctx, spec.Name, pseudonym)
			if erased[spec.Name] += n; err != nil {
				return erased, fmt.Errorf("erasing a learner from %s: %w", spec.Name, err)
			}
		}
		n, err := s.Kernel.EraseFromDocuments(ctx, pseudonym)
		if erased["documents of blocks"] += n; err != nil {
			return erased, err
		}
	}
	maps.DeleteFunc(erased, func(_ string, n int) bool { return n == 0 })
	return erased, nil
}

// deleteFiled deletes the documents of one collection that concern a learner.
func (s *Site) deleteFiled(ctx context.Context, collection, pseudonym string) (int, error) {
	deleted := 0
	query := store.Query{Index: "learners", Equal: []any{pseudonym}, Limit: 1000}
	for {
		page, err := s.Store.Find(ctx, collection, query)
		if err != nil {
			return deleted, err
		}
		for _, record := range page.Records {
			err := s.Store.Delete(ctx, collection, record.ID, 0)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return deleted, err
			}
			if err == nil {
				deleted++
			}
		}
		if query.After = page.Next; query.After == "" {
			return deleted, nil
		}
	}
}

// ErasePerson erases an account and everything that was filed under it. It may be called again until it succeeds. The last
// administrator cannot be erased (people.ErrLastAdmin).
func (s *Site) ErasePerson(ctx context.Context, user string) (Erased, error) {
	pseudonyms, err := s.Pseudonyms(ctx, user)
	if err != nil {
		return nil, fmt.Errorf("erasing a person: %w", err)
	}
	if _, _, err := s.personal(ctx); err != nil { // before anything is gone
		return nil, fmt.Errorf("erasing a person: %w", err)
	}
	names := slices.Sorted(maps.Values(pseudonyms))
	// What is filed goes first: once the account is gone nobody knows the pseudonyms any more.
	if err := s.mayErase(ctx, user); err != nil {
		return nil, fmt.Errorf("erasing a person: %w", err)
	}
	erased, err := s.EraseLearner(ctx, names...)
	if err == nil {
		err = s.forgetTyped(ctx, user)
	}
	if err != nil {
		return erased, err
	}
	if err := s.People.Erase(ctx, user); err != nil {
		return erased, err
	}
	// And once more, for what requests and jobs wrote that ran meanwhile.
	late, err := s.EraseLearner(ctx, names...)
	for collection, n := range late {
		erased[collection] += n
	}
	return erased, err
}

// forgetTyped takes away what staff typed of a person in lists, before there was an account or beside it.
func (s *Site) forgetTyped(ctx context.Context, user string) error {
	account, err := s.People.User(ctx, user)
	if errors.Is(err, people.ErrNotFound) { // half erased already
		return nil
	}
	if err != nil {
		return err
	}
	return s.Lists.Forget(ctx, account.Username, account.Email)
}

// mayErase refuses the last administrator before anything is deleted.
func (s *Site) mayErase(ctx context.Context, user string) error {
	account, err := s.People.User(ctx, user)
	if err != nil || !account.Has(people.SiteAdmin) {
		return err
	}
	admins, err := s.People.WithSiteRole(ctx, people.SiteAdmin, 100)
	if err != nil {
		return err
	}
	other := func(admin people.User) bool { return admin.ID != user && !admin.Disabled }
	if !account.Disabled && !slices.ContainsFunc(admins, other) {
		return people.ErrLastAdmin
	}
	return nil
}
