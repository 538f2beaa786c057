package files

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/store"
)

var everything = store.Query{}

func TestPartsArePrivate(t *testing.T) {
	ctx := context.Background()
	b := open(t)
	part := b.part(t, "ann", "mine")
	if found, err := b.Part(ctx, "ann", usage, part.Hash); err != nil || found.Name != "mine.txt" || found.Size != 4 || found.Run != "course-v1:O+C+R" {
		t.Errorf("got %+v, %v", found, err)
	}
	other := strings.Replace(usage, "@p", "@q", 1)
	for _, c := range [][3]string{{"bob", usage, part.Hash}, {"ann", other, part.Hash}, {"ann", usage, hashText("x")}, {"ann", usage, ""}, {"", "", ""}} {
		if _, err := b.Part(ctx, c[0], c[1], c[2]); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q: %v", c, err)
		}
		if err := b.Bind(ctx, c[0], c[1], "s1", []string{part.Hash, c[2]}); !errors.Is(err, ErrNotFound) {
			t.Errorf("binding %q: %v", c, err)
		}
	}
	if bound, err := b.BoundTo(ctx, "s1"); err != nil || len(bound) != 0 {
		t.Errorf("a refused binding bound %v, %v", bound, err)
	}
}

func TestBind(t *testing.T) {
	ctx := context.Background()
	b := open(t)
	one, two := b.part(t, "ann", "one"), b.part(t, "ann", "two")
	for range 2 {
		if err := b.Bind(ctx, "ann", usage, "s1", []string{one.Hash, two.Hash, one.Hash}); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Bind(ctx, "ann", usage, "s2", []string{one.Hash}); err != nil {
		t.Fatal(err)
	}
	parts, err := b.BoundTo(ctx, "s1")
	if err != nil || len(parts) != 2 {
		t.Fatalf("s1 holds %v, %v", parts, err)
	}
	if parts, err = b.BoundTo(ctx, "s2"); err != nil || len(parts) != 1 || !slices.Equal(parts[0].Bound, []string{"s1", "s2"}) {
		t.Errorf("s2 holds %v, %v", parts, err)
	}
	// Uploading it again leaves it bound.
	if again := b.part(t, "ann", "one"); len(again.Bound) != 2 {
		t.Errorf("uploaded again it is bound to %v", again.Bound)
	}
	if err := b.Bind(ctx, "ann", usage, "", nil); !errors.Is(err, ErrInvalid) {
		t.Errorf("no submission: %v", err)
	}
}

func TestQuota(t *testing.T) {
	ctx := context.Background()
	b := open(t, func(c *Config) { c.MaxParts, c.MaxPartBytes = 3, 10 })
	for _, content := range []string{"a", "b", "c", "a"} {
		b.part(t, "ann", content)
	}
	give := func(owner, content string) error {
		_, err := b.PutPart(ctx, strings.NewReader(content), 100, Part{Owner: owner, Usage: usage})
		return err
	}
	if err := give("ann", "d"); !errors.Is(err, ErrTooMany) {
		t.Errorf("a fourth file: %v", err)
	}
	if err := b.Bind(ctx, "ann", usage, "s1", []string{hashText("a")}); err != nil {
		t.Fatal(err)
	}
	if err := give("ann", "123456789"); !errors.Is(err, ErrTooMany) {
		t.Errorf("11 bytes: %v", err)
	}
	if err := give("ann", "12345678"); err != nil {
		t.Errorf("a file for the bound one: %v", err)
	}
	if err := give("bob", "d"); err != nil {
		t.Errorf("somebody else: %v", err)
	}
	if err := give("", "d"); !errors.Is(err, ErrInvalid) {
		t.Errorf("nobody: %v", err)
	}
	if _, err := b.AddPart(ctx, Part{Owner: "ann", Usage: usage, Blob: Blob{Hash: hashText("unknown")}}); !errors.Is(err, ErrNotFound) {
		t.Errorf("a file that is not stored: %v", err)
	}
}

func TestErase(t *testing.T) {
	ctx := context.Background()
	b := open(t)
	b.part(t, "ann", "one")
	two := b.part(t, "ann", "two")
	b.part(t, "bob", "two")
	if err := b.Bind(ctx, "ann", usage, "s1", []string{two.Hash}); err != nil {
		t.Fatal(err)
	}
	if parts, err := b.PartsOf(ctx, "ann"); err != nil || len(parts) != 2 {
		t.Errorf("ann has %v, %v", parts, err)
	}
	if n, err := b.Erase(ctx, "ann"); err != nil || n != 2 {
		t.Errorf("erased %d, %v", n, err)
	}
	if parts, err := b.PartsOf(ctx, "ann"); err != nil || len(parts) != 0 {
		t.Errorf("ann still has %v, %v", parts, err)
	}
	if parts, err := b.PartsOf(ctx, "bob"); err != nil || len(parts) != 1 {
		t.Errorf("bob has %v, %v", parts, err)
	}
}
