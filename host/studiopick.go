package host

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// pickBody is the page on which components of libraries are chosen for a unit or a bank.
type pickBody struct {
	Title, Back, Link string
	Libraries         []choice
	// Library is the chosen one, "" for none; Empty that nothing of it is published.
	Library, LibraryTitle string
	Empty, More           bool
	Query                 string
	Types                 []choice
	Rows                  []pickRow
	// Pull says that the block takes the library as a whole; Pulled which it took last, in which version.
	Pull   bool
	Pulled string
}

type pickRow struct{ Usage, ID, Title, Type, Text string }

// studioPick shows the libraries that the author may read, and what is published of the chosen one.
func (r *request) studioPick() error {
	unit, err := r.studioUnitUsage()
	if err != nil {
		return err
	}
	content, err := r.authoring().Unit(r.ctx(), r.course, unit)
	if err != nil {
		return r.studioFailure(err)
	}
	body := &pickBody{Title: r.partTitle(content), Back: r.studioUnitLink(unit), Link: r.studioUnitLink(unit), Query: clip(r.Query("q"), 200)}
	chosen := r.Query("library")
	if source, ok := authoring.SourceOf(content); ok && chosen == "" {
		chosen = source.String()
	}
	body.Pull = unit.Type == "library_content"
	runs, err := r.libraries()
	if err != nil {
		return err
	}
	for i := range runs {
		if runs[i].Key == r.course.String() {
			continue
		}
		if chosen == "" && len(runs) == 1 {
			chosen = runs[i].Key
		}
		body.Libraries = append(body.Libraries, choice{runs[i].Key, runs[i].Title + " (" + runs[i].Org + " · " + runs[i].Number + ")", runs[i].Key == chosen})
		if runs[i].Key == chosen {
			body.Library, body.LibraryTitle = chosen, runs[i].Title
			if err := r.pickRows(body, &runs[i]); err != nil {
				return err
			}
		}
	}
	if chosen != "" && body.Library == "" {
		return errNotFound
	}
	return r.showStudio(fiber.StatusOK, "studio_pick.html", "outline", page{Title: r.words.T("library.pick_title"), Body: body})
}

// pickRows lists what is published of a library.
func (r *request) pickRows(body *pickBody, run *course.Run) error {
	if body.Empty = run.Head.Root == ""; body.Empty {
		return nil
	}
	library, err := key.ParseCourse(run.Key)
	if err != nil {
		return err
	}
	published, err := r.site().Courses.Newest(r.ctx(), library)
	if err != nil {
		return err
	}
	shelf, err := published.Find(r.ctx(), course.Shelf(library))
	if err != nil {
		return err
	}
	words, err := shelf.Subsection.Texts(r.ctx())
	if err != nil {
		return err
	}
	kind, kinds := clip(r.Query("type"), key.MaxPart), map[string]int{}
	for _, block := range shelf.Children {
		kinds[block.Usage.Type]++
		title := firstOf(block.Title(), r.typeTitle(block.Usage.Type))
		if kind != "" && kind != block.Usage.Type || !saysAll(title+"\n"+words[block], body.Query) {
			continue
		}
		if len(body.Rows) == mostPicked {
			body.More = true
			break
		}
		body.Rows = append(body.Rows, pickRow{block.Usage.String(), block.Usage.ID, title, r.typeTitle(block.Usage.Type), clip(words[block], shortValue)})
	}
	body.Types = []choice{{Text: r.words.T("library.all_kinds"), Chosen: kind == ""}}
	for _, name := range slices.Sorted(keysOf(kinds)) {
		body.Types = append(body.Types, choice{name, r.typeTitle(name), name == kind})
	}
	body.Empty = len(shelf.Children) == 0
	return nil
}

// studioTakeFrom copies components of libraries, which the author may read, into a unit or a bank.
func (r *request) studioTakeFrom() error {
	unit, err := r.studioUnitUsage()
	if err != nil {
		return err
	}
	texts := r.formAll("usage")
	if len(texts) == 0 {
		return r.Redirect(r.studioUnitLink(unit)+"/library", fiber.StatusSeeOther)
	}
	if len(texts) > maxUsages {
		return fiber.ErrBadRequest
	}
	var from []key.Usage
	for _, text := range texts {
		usage, err := key.ParseUsage(text)
		if err != nil {
			return errNotFound
		}
		from = append(from, usage)
	}
	made, op, err := r.authoring().Take(r.ctx(), r.author(), unit, authoring.Last, from...)
	if err != nil {
		return r.studioFailure(err)
	}
	return r.studioAnswer(studioDone{
		Op: op.ID, Did: "pasted", Message: r.words.T("studio_unit.pasted", len(made)), Focus: made[0].String(), Location: r.studioUnitLink(unit) + "#part-" + made[0].ID,
	})
}

func orNotFound(err error) error {
	if err != nil {
		return err
	}
	return errNotFound
}

// studioPull takes a library over into a library_content.
func (r *request) studioPull() error {
	usage, err := r.studioUnitUsage()
	if err != nil {
		return err
	}
	library, err := key.ParseCourse(r.form("library"))
	if err != nil || !library.Library() || usage.Type != "library_content" {
		return errNotFound
	}
	if ok, err := r.authorOf(library); err != nil || !ok {
		return orNotFound(err)
	}
	content, err := r.authoring().Unit(r.ctx(), r.course, usage)
	if err != nil {
		return r.studioFailure(err)
	}
	if source, ok := authoring.SourceOf(content); !ok || source != library {
		name := []byte(strconv.Quote(library.String()))
		if _, err := r.authoring().Set(r.ctx(), r.author(), wire.Fields{"source_library_id": name}, usage); err != nil {
			return r.studioFailure(err)
		}
	}
	pulled, err := r.authoring().Pull(r.ctx(), r.author(), usage)
	if err != nil {
		return r.studioFailure(err)
	}
	return r.studioAnswer(studioDone{
		Op: pulled.Op.ID, Did: "set", Message: r.words.T("library.pulled", pulled.Added, pulled.Updated, pulled.Out), Location: r.studioUnitLink(usage),
	})
}
