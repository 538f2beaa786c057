package site

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/remarks"
	"github.com/quoin-lms/quoin/runtime/files"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/store"
)

// withheld are collections that an export leaves out, with the reason that it gives.
var withheld = map[string]string{
	"variants":     "computed from the course for this learner; holds the course's answers, nothing that the person gave",
	"replies":      "copies of pages that were shown, kept for repeated requests",
	"people_words": "computed from the account's name and address, to find the person among a course's people",
}

// exportIndex is the export's own table of contents.
type exportIndex struct {
	Made      time.Time         `json:"made"`
	Documents map[string]int    `json:"documents"`
	Files     int               `json:"files"`
	LeftOut   map[string]string `json:"left_out"`
	// Shared counts documents that concern other people too, which are theirs as well and so not in the export.
	Shared      map[string]int `json:"shared_with_others,omitempty"`
	MissingFile []string       `json:"missing_files,omitempty"`
}

// personExport is one export that is being written.
type personExport struct {
	site  *Site
	zip   *zip.Writer
	index exportIndex
}

// ExportPerson writes what is held about a user as a zip: index.json, account.json, a file of JSON lines for each collection,
// and the files that were handed in. Users are found by people.FindUser; a user that is not there is people.ErrNotFound.
func (s *Site) ExportPerson(ctx context.Context, user string, to io.Writer) error {
	account, err := s.People.Export(ctx, user)
	if err != nil {
		return err
	}
	e := &personExport{site: s, zip: zip.NewWriter(to), index: exportIndex{
		Made: s.config.Now().UTC().Truncate(time.Second), Documents: map[string]int{}, Shared: map[string]int{}, LeftOut: withheld,
	}}
	if err := e.write(ctx, user, &account); err != nil {
		return fmt.Errorf("exporting a person: %w", err)
	}
	return nil
}

func (e *personExport) write(ctx context.Context, user string, account *people.Export) error {
	if err := e.json("account.json", account); err != nil {
		return err
	}
	byRun, err := e.site.Pseudonyms(ctx, user)
	if err != nil {
		return err
	}
	pseudonyms := slices.Sorted(maps.Values(byRun))
	own, blocks, err := e.site.personal(ctx)
	if err != nil {
		return err
	}
	for _, spec := range slices.Concat(own, blocks) {
		if withheld[spec.Name] != "" {
			continue
		}
		if err := e.collection(ctx, spec.Name, pseudonyms); err != nil {
			return fmt.Errorf("%s: %w", spec.Name, err)
		}
	}
	if err := e.authored(ctx, user); err != nil {
		return err
	}
	if err := e.files(ctx, pseudonyms); err != nil {
		return err
	}
	if err := e.json("index.json", e.index); err != nil {
		return err
	}
	return e.zip.Close()
}

func (e *personExport) json(name string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	return e.file(name, append(text, '\n'))
}

func (e *personExport) file(name string, data []byte) error {
	w, err := e.create(name)
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

func (e *personExport) create(name string) (io.Writer, error) {
	return e.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: e.index.Made})
}

// collection writes the documents of one collection that concern the person, none twice.
func (e *personExport) collection(ctx context.Context, name string, pseudonyms []string) error {
	var out io.Writer
	seen := map[string]bool{}
	for _, pseudonym := range pseudonyms {
		query := store.Query{Index: "learners", Equal: []any{pseudonym}, Limit: 1000}
		for more := true; more; more = query.After != "" {
			page, err := e.site.Store.Find(ctx, name, query)
			if err != nil {
				return err
			}
			for _, record := range page.Records {
				if seen[record.ID] {
					continue
				}
				seen[record.ID] = true
				text, shared, err := line(record)
				if err != nil {
					return err
				}
				if shared {
					e.index.Shared[name]++
					continue
				}
				if out == nil {
					if out, err = e.create("documents/" + name + ".jsonl"); err != nil {
						return err
					}
				}
				if _, err := out.Write(text); err != nil {
					return err
				}
				e.index.Documents[name]++
			}
			query.After = page.Next
		}
	}
	return nil
}

// line gives one document with its names and values as they are stored, and whether it concerns several learners.
func line(record store.Record) (text []byte, shared bool, err error) {
	text, err = store.JSON(record)
	if err != nil {
		return nil, false, err
	}
	var concerns struct {
		Learners []string `json:"learners"`
	}
	if err := json.Unmarshal(text, &concerns); err != nil {
		return nil, false, err
	}
	return append(bytes.TrimSpace(text), '\n'), len(concerns.Learners) > 1, nil
}

// authored writes what the person did and said as an author, without what others wrote in the same places.
func (e *personExport) authored(ctx context.Context, user string) error {
	lines := func(name string, each func(write func(any) error) error) error {
		var out io.Writer
		return each(func(value any) error {
			text, err := json.Marshal(value)
			if err != nil {
				return err
			}
			if out == nil {
				if out, err = e.create("documents/" + name + ".jsonl"); err != nil {
					return err
				}
			}
			e.index.Documents[name]++
			_, err = out.Write(append(text, '\n'))
			return err
		})
	}
	err := lines("authored_edits", func(write func(any) error) error {
		return e.site.Authoring.EditsBy(ctx, user, func(edit authoring.OwnEdit) error { return write(edit) })
	})
	if err != nil {
		return err
	}
	return lines("authored_remarks", func(write func(any) error) error {
		return e.site.Remarks.By(ctx, user, func(said remarks.Said) error { return write(said) })
	})
}

// files writes the files that were handed in, each once; one that is damaged is named in the index.
func (e *personExport) files(ctx context.Context, pseudonyms []string) error {
	seen := map[string]bool{}
	for _, pseudonym := range pseudonyms {
		parts, err := e.site.Files.PartsOf(ctx, pseudonym)
		if err != nil {
			return err
		}
		for _, part := range parts {
			if seen[part.Hash] {
				continue
			}
			seen[part.Hash] = true
			if err := e.handedIn(ctx, part); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *personExport) handedIn(ctx context.Context, part files.Part) (err error) {
	from, _, err := e.site.Files.Open(ctx, part.Hash, 0, -1)
	if errors.Is(err, files.ErrNotFound) || errors.Is(err, files.ErrCorrupt) {
		e.index.MissingFile = append(e.index.MissingFile, part.Name)
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	out, err := e.create("files/" + part.Hash[:12] + "-" + files.CleanName(part.Name))
	if err != nil {
		return err
	}
	if _, err = io.Copy(out, from); err == nil {
		e.index.Files++
	}
	return err
}
