package host

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// hereNow is another author who has the unit open.
type hereNow struct {
	Name string `json:"name"`
	// At is the usage key of the component that he edits, "" for none.
	At string `json:"at,omitempty"`
}

// studioState tells a page that is open what has changed since: versions, and who else is here. It brings a fresh token for who has
// signed in again, and whose token it is, so that nobody else's text is sent with it.
func (r *request) studioState() error {
	usage, err := r.studioUnitUsage()
	if err != nil {
		return err
	}
	content, err := r.authoring().Unit(r.ctx(), r.course, usage)
	if err != nil {
		return r.studioFailure(err)
	}
	at := ""
	if named, err := r.ownUsage(r.Query("at")); err == nil {
		at = named.String()
	}
	people, err := r.alsoHere(usage, at)
	if err != nil {
		return err
	}
	versions := map[string]int64{}
	order := []string{}
	for _, child := range content.Children {
		versions[child.Usage.String()] = versionBelow(child)
		order = append(order, child.Usage.String())
	}
	return r.data(fiber.StatusOK, fiber.Map{
		"token": r.token(), "reader": r.reader(), "version": content.Version, "parts": versions, "order": order, "people": people,
		"blocks": r.blocksNow(), "title": r.partTitle(content),
	})
}

// blocksNow changes with the blocks that are installed: what can be added, and how what is there looks.
func (r *request) blocksNow() string {
	sum := sha256.New()
	for _, status := range r.kernel().Blocks() {
		digest := ""
		if status.Version != nil {
			digest = status.Version.Digest
		}
		fmt.Fprintf(sum, "%s %s %s %s\n", status.Name, digest, status.Off, status.Broken)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// alsoHere notes that the author is here and gives who else is.
func (r *request) alsoHere(unit key.Usage, at string) ([]hereNow, error) {
	seen, err := r.site().Presence.Here(r.ctx(), unit.String(), r.user.ID, at, r.now())
	if err != nil {
		return nil, err
	}
	list, names := []hereNow{}, map[string]string{}
	for _, one := range seen {
		name, err := r.nameOf(names, one.Person)
		if err != nil {
			return nil, err
		}
		list = append(list, hereNow{name, one.Detail})
	}
	return list, nil
}

// studioPlace is a unit that a link may lead to.
type studioPlace struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// maxPlaces bounds the units and the files that are offered.
const maxPlaces = 2000

// studioPlaces gives what links and pictures of a text may name: the course's units and files.
func (r *request) studioPlaces() error {
	if _, err := r.studioUnitUsage(); err != nil {
		return err
	}
	return r.sendPlaces()
}

// sendPlaces gives the places of the course, for its texts of any kind.
func (r *request) sendPlaces() error {
	tree, err := r.authoring().Tree(r.ctx(), r.course)
	if err != nil {
		return r.studioFailure(err)
	}
	units := []studioPlace{}
	var walk func(n *authoring.Node, above string)
	walk = func(n *authoring.Node, above string) {
		title := n.Title
		if above != "" {
			title = above + " › " + n.Title
		}
		if n.Usage.Type == "vertical" && len(units) < maxPlaces {
			units = append(units, studioPlace{n.Usage.ID, title})
		}
		for _, child := range n.Children {
			walk(child, strings.TrimPrefix(title, " › "))
		}
	}
	for _, section := range tree.Course.Children {
		walk(section, "")
	}
	files, alts := []string{}, map[string]string{}
	for after := store.Cursor(""); len(files) < maxPlaces; {
		assets, next, err := r.site().Courses.Assets(r.ctx(), r.course, after, 500)
		if err != nil {
			return err
		}
		for _, asset := range assets {
			if asset.Name == graderLibrary {
				continue
			}
			files = append(files, asset.Name)
			if asset.Alt != "" {
				alts[asset.Name] = asset.Alt
			}
		}
		if after = next; next == "" {
			break
		}
	}
	return r.data(fiber.StatusOK, fiber.Map{
		"units": units, "files": files, "alts": alts, "pictures": `\.(png|jpe?g|gif|svg|webp|avif)$`,
		"upload": r.studioPath() + "/files/upload",
	})
}

// studioResolve ends a conflict with the value that the author decided for. What he saw stored comes with it or, where nothing could be
// typed into it, the version that he saw.
func (r *request) studioResolve() error {
	usage, err := r.ownUsage(r.param("usage"))
	if err != nil {
		return err
	}
	var sent struct {
		Conflict string          `json:"conflict"`
		Value    json.RawMessage `json:"value"`
		// Text is a value that was typed where the field holds a text.
		Text *string `json:"text"`
		// Base is what was stored, nil for what was stored in Version.
		Base    json.RawMessage `json:"base"`
		Version int64           `json:"version"`
	}
	if r.wantsData() && len(r.form("conflict")) == 0 {
		if err := json.Unmarshal(r.Body(), &sent); err != nil {
			return fiber.ErrBadRequest
		}
	} else {
		sent.Conflict, sent.Value = r.form("conflict"), json.RawMessage(r.form("value"))
		if sent.Version, err = strconv.ParseInt(r.form("version"), 10, 64); err != nil {
			return fiber.ErrBadRequest
		}
	}
	if sent.Text != nil {
		if sent.Value, err = json.Marshal(*sent.Text); err != nil {
			return err
		}
	}
	if sent.Base == nil {
		content, err := r.authoring().Unit(r.ctx(), r.course, usage)
		if err != nil {
			return r.studioFailure(err)
		}
		at := slices.IndexFunc(content.Conflicts, func(c authoring.Conflict) bool { return c.ID == sent.Conflict })
		if at < 0 {
			return errNotFound
		}
		if content.Version != sent.Version {
			return r.studioFailure(authoring.ErrStale)
		}
		if sent.Base, err = storedAt(content, content.Conflicts[at].Field); err != nil {
			return err
		}
	}
	saved, err := r.authoring().Resolve(r.ctx(), r.author(), usage, sent.Conflict, authoring.FieldEdit{Base: sent.Base, Value: orNull(sent.Value)})
	if err != nil || r.wantsData() {
		return r.sendSaved(usage, nil, saved, nil, err)
	}
	return r.backToUnit(usage)
}
