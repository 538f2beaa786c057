package host

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// groupsBody is the page of a course's content groups.
type groupsBody struct {
	Action string
	Rows   []groupRow
	Blank  groupRow
	Error  string
	// Base says what was stored when the form was drawn.
	Base string
}

// groupRow is one group: its number, "" for a new one, and its name.
type groupRow struct {
	Key, ID, Name, Error string
	Spare                bool
}

// groupPartition is an entry of user_partitions; what is not known of it stays in rest.
type groupPartition struct {
	rest   map[string]json.RawMessage
	scheme string
	groups []partitionGroup
}

type partitionGroup struct {
	ID      int    `json:"id"`
	Name    string `json:"name"`
	Version int    `json:"version"`
}

// partitions reads the course's partitions. at is the content groups', -1 where there is none.
func partitions(text string) (all []groupPartition, at int) {
	at = -1
	var raw []map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &raw) != nil {
		return nil, -1 // the importer tells of settings that cannot be read
	}
	for i, rest := range raw {
		p := groupPartition{rest: rest}
		_ = json.Unmarshal(rest["scheme"], &p.scheme)
		_ = json.Unmarshal(rest["groups"], &p.groups)
		all = append(all, p)
		if at < 0 && p.scheme == "cohort" {
			at = i
		}
	}
	return all, at
}

func (r *request) studioGroups() error {
	settings, err := r.courseSettings()
	if err != nil {
		return err
	}
	body := &groupsBody{}
	if all, at := partitions(settings["user_partitions"]); at >= 0 {
		for i, group := range all[at].groups {
			body.Rows = append(body.Rows, groupRow{Key: strconv.Itoa(i), ID: strconv.Itoa(group.ID), Name: group.Name})
		}
	}
	return r.showGroups(fiber.StatusOK, body, nil)
}

func (r *request) showGroups(status int, body *groupsBody, wrong map[string]string) error {
	var err error
	if body.Base, err = r.settingsBase("groups"); err != nil {
		return err
	}
	body.Action, body.Blank = r.studioPath()+"/settings/groups", groupRow{Key: "N"}
	for i := range spareRows {
		body.Rows = append(body.Rows, groupRow{Key: fmt.Sprint("s", i), Spare: true})
	}
	return r.showSettingsPage(status, "studio_groups.html", "groups", r.words.T("studio_tab.groups"), body, wrong)
}

// saveGroups saves the content groups. A group that content is kept for is not removed: that content would be nobody's.
func (r *request) saveGroups() error {
	settings, err := r.courseSettings()
	if err != nil {
		return err
	}
	all, at := partitions(settings["user_partitions"])
	if at < 0 {
		name, err := json.Marshal(r.words.T("studio.content_groups"))
		if err != nil {
			return err
		}
		all = append(all, groupPartition{scheme: "cohort", rest: map[string]json.RawMessage{
			"id": json.RawMessage(strconv.Itoa(freePartition(all))), "name": name, "scheme": json.RawMessage(`"cohort"`), "description": json.RawMessage(`""`),
			"version": json.RawMessage("3"), "active": json.RawMessage("true"), "parameters": json.RawMessage("{}"),
		}})
		at = len(all) - 1
	}
	body, wrong, now := &groupsBody{}, map[string]string{}, map[string]string{}
	if err := r.checkBase("groups", wrong, now); err != nil {
		return err
	}
	next, kept, names := 1, map[int]bool{}, map[string]bool{}
	for _, group := range all[at].groups {
		next = max(next, group.ID+1)
	}
	var groups []partitionGroup
	for _, k := range r.rowsSent("g", "name") {
		row := groupRow{Key: k, ID: r.form("g." + k + ".id"), Name: strings.TrimSpace(clip(r.form("g."+k+".name"), maxTitle))}
		if r.form("g."+k+".gone") != "" || row.Name == "" && row.ID == "" {
			continue
		}
		id, known := typedNumber(row.ID)
		if !known || kept[id] {
			id, next = next, next+1
		}
		if row.Name == "" || names[row.Name] {
			row.Error = r.words.T("studio_grading.wrong_type")
			wrong["g."+k+".name"] = row.Error
		}
		kept[id], names[row.Name] = true, true
		groups = append(groups, partitionGroup{ID: id, Name: row.Name, Version: 1})
		body.Rows = append(body.Rows, row)
	}
	if body.Error, err = r.usedGroup(all[at], kept); err != nil {
		return err
	}
	if body.Error != "" {
		wrong["groups"] = body.Error
	}
	if len(wrong) > 0 {
		if r.wantsData() && body.Error != "" {
			return fiber.NewError(fiber.StatusUnprocessableEntity, body.Error)
		}
		return r.refuseForm(wrong, now, func(status int) error { return r.showGroups(status, body, wrong) })
	}
	if all[at].rest["groups"], err = json.Marshal(groups); err != nil {
		return err
	}
	raw := make([]map[string]json.RawMessage, len(all))
	for i := range all {
		raw[i] = all[i].rest
	}
	fields := wire.Fields{}
	setChanged(fields, settings, "user_partitions", raw)
	return r.saveCourse("groups", authoring.Settings{Fields: fields})
}

// freePartition is a number that no partition has.
func freePartition(all []groupPartition) int {
	free := 50
	for _, p := range all {
		var id int
		if json.Unmarshal(p.rest["id"], &id) == nil && id >= free {
			free = id + 1
		}
	}
	return free
}

// usedGroup says which of the groups that are to go is one that content is kept for, "" for none.
func (r *request) usedGroup(p groupPartition, kept map[int]bool) (string, error) {
	gone := map[int]string{}
	for _, group := range p.groups {
		if !kept[group.ID] {
			gone[group.ID] = group.Name
		}
	}
	if len(gone) == 0 {
		return "", nil
	}
	id := strings.TrimSpace(string(p.rest["id"]))
	whole, err := r.authoring().Unit(r.ctx(), r.course, r.course.Usage("course", course.RootID))
	if err != nil {
		return "", r.studioFailure(err)
	}
	if name, title := r.keptFor(whole, id, gone); name != "" {
		return r.words.T("studio.group_used", name, title), nil
	}
	if r.published == nil {
		return "", nil
	}
	blocks, err := r.published.All(r.ctx())
	if err != nil {
		return "", err
	}
	for _, block := range blocks {
		for _, group := range block.Settings.GroupAccess[id] {
			if name, going := gone[group]; going {
				return r.words.T("studio.group_used", name, r.blockTitle(block)), nil
			}
		}
	}
	return "", nil
}

// keptFor names a group of a partition that something in the working copy is kept for, and what that is.
func (r *request) keptFor(content *authoring.Content, partition string, groups map[int]string) (name, title string) {
	for _, group := range groupAccess(content.Fields["group_access"])[partition] {
		if name := groups[group]; name != "" {
			return name, r.partTitle(content)
		}
	}
	for _, child := range content.Children {
		if name, title := r.keptFor(child, partition, groups); name != "" {
			return name, title
		}
	}
	return "", ""
}
