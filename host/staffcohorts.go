package host

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/people/lists"
)

// maxCohorts bounds a course's cohorts.
const maxCohorts = 200

// cohortsBody is the page of a course's cohorts.
type cohortsBody struct {
	Save, Delete, Move, Draw, Lists, Request string
	Cohorts                                  []cohortPart
	// Groups are the content groups that the course names, after a choice for none.
	Groups []choice
	// Name, Automatic and NameError are of the form for a new cohort, Who, Chosen and WhoError of the one for one person,
	// People and ListError of the one for many.
	Name, NameError   string
	Automatic         bool
	Who, WhoError     string
	Chosen            string
	People, ListError string
	Choices           []choice
	// Alone are enrolled people in no cohort, "" for none; AloneLink leads to them. Drawable says that they can be put into the
	// automatic ones.
	Alone, AloneLink string
	Drawable         bool
	MaxLines         string
}

type cohortPart struct {
	Name, Group, Members, Link string
	Automatic, Empty           bool
	Groups                     []choice
	ID                         string
}

// contentGroups are the groups that the course divides learners into by cohort, by "PARTITION:GROUP" as members have them.
func contentGroups(run *course.Run) []choice {
	var partitions []struct {
		ID     int    `json:"id"`
		Name   string `json:"name"`
		Scheme string `json:"scheme"`
		Groups []struct {
			ID   int    `json:"id"`
			Name string `json:"name"`
		} `json:"groups"`
	}
	if json.Unmarshal([]byte(run.Settings["user_partitions"]), &partitions) != nil {
		return nil // the importer tells of settings that cannot be read
	}
	var groups []choice
	for _, partition := range partitions {
		if partition.Scheme != "" && partition.Scheme != "cohort" {
			continue
		}
		for _, group := range partition.Groups {
			groups = append(groups, choice{Value: fmt.Sprintf("%d:%d", partition.ID, group.ID), Text: group.Name})
		}
	}
	return groups
}

func (r *request) groupChoices(chosen string) []choice {
	choices := append([]choice{{Text: r.words.T("cohorts.no_group")}}, contentGroups(&r.published.Run)...)
	known := false
	for _, c := range choices {
		known = known || c.Value == chosen
	}
	if !known { // the course does not name it any more
		choices = append(choices, choice{Value: chosen, Text: chosen})
	}
	choose(choices, chosen)
	return choices
}

func (r *request) cohorts() error {
	return r.showCohorts(fiber.StatusOK, &cohortsBody{})
}

func (r *request) showCohorts(status int, body *cohortsBody) error {
	path := r.staffPath() + "/cohorts"
	body.Save, body.Delete, body.Move, body.Draw = path, path+"/delete", path+"/move", path+"/draw"
	body.Lists, body.Request, body.Groups = r.staffPath()+"/lists", newRequestID(), r.groupChoices("")
	body.MaxLines = r.words.T("cohorts.list_help", lists.MaxLines)
	cohorts, err := r.site().People.Cohorts(r.ctx(), r.course.String())
	if err != nil {
		return err
	}
	for i, cohort := range cohorts {
		n, err := r.site().People.CountListed(r.ctx(), r.course.String(), people.Listing{Cohort: cohort.Name}, countedUpTo)
		if err != nil {
			return err
		}
		members, err := r.site().People.CountMembers(r.ctx(), r.course.String(), people.Filter{Group: cohort.Name, Kind: people.GroupCohort}, 1)
		if err != nil {
			return err
		}
		part := cohortPart{
			Name: cohort.Name, Members: r.words.T("cohorts.members", n), Link: r.staffPath() + "/people?" + url.Values{"cohort": {cohort.Name}}.Encode(),
			Automatic: cohort.Automatic, Empty: members == 0, Groups: r.groupChoices(cohort.Group), ID: fmt.Sprint("cohort-", i),
		}
		if cohort.Group != "" {
			for _, c := range part.Groups {
				if c.Chosen {
					part.Group = c.Text
				}
			}
		}
		body.Drawable = body.Drawable || cohort.Automatic
		body.Cohorts = append(body.Cohorts, part)
	}
	if body.Choices, err = r.cohortChoices(body.Chosen, r.words.T("cohorts.none")); err != nil {
		return err
	}
	if len(cohorts) > 0 {
		if err := r.loners(body); err != nil {
			return err
		}
	}
	return r.showStaffStatus(status, "cohorts.html", "cohorts", r.words.T("cohorts.title"), body, r.cohortsNotice(body))
}

// loners counts the enrolled people who are in no cohort.
func (r *request) loners(body *cohortsBody) error {
	n, err := r.site().People.CountListed(r.ctx(), r.course.String(), people.Listing{Uncohorted: true}, countedUpTo)
	if err != nil || n == 0 {
		return err
	}
	body.Alone = r.words.T("cohorts.alone", n)
	body.AloneLink = r.staffPath() + "/people?" + url.Values{"cohort": {noCohort}}.Encode()
	return nil
}

func (r *request) cohortsNotice(body *cohortsBody) *notice {
	if body.NameError != "" || body.WhoError != "" || body.ListError != "" {
		return &notice{Kind: "bad", Text: r.words.T("form.problems", 1)}
	}
	switch r.Query("done") {
	case "saved":
		return &notice{Kind: "good", Text: r.words.T("cohorts.saved")}
	case "deleted":
		return &notice{Kind: "good", Text: r.words.T("cohorts.deleted")}
	case "moved":
		return &notice{Kind: "good", Text: r.words.T("cohorts.moved")}
	}
	return nil
}

func (r *request) cohortsDone(what string) error {
	return r.Redirect(r.staffPath()+"/cohorts?done="+what, fiber.StatusSeeOther)
}

// saveCohort makes a cohort, or changes the one that the form names as there already.
func (r *request) saveCohort() error {
	c := people.Cohort{Name: strings.Join(strings.Fields(clip(r.form("name"), 400)), " "), Automatic: r.form("automatic") != "", Group: clip(r.form("group"), 100)}
	refuse := func(text string) error {
		return r.showCohorts(fiber.StatusUnprocessableEntity, &cohortsBody{Name: c.Name, Automatic: c.Automatic, NameError: text})
	}
	if c.Name == "" {
		return refuse(r.words.T("problem.missing"))
	}
	cohorts, err := r.site().People.Cohorts(r.ctx(), r.course.String())
	if err != nil {
		return err
	}
	known, same, group := false, false, c.Group == ""
	for _, other := range cohorts {
		known = known || other.Name == c.Name
		same = same || strings.EqualFold(other.Name, c.Name)
		group = group || other.Name == c.Name && other.Group == c.Group
	}
	for _, g := range contentGroups(&r.published.Run) {
		group = group || g.Value == c.Group
	}
	change := r.form("change") != ""
	switch {
	case !group, change && !known:
		return fiber.ErrBadRequest
	case !change && same:
		return refuse(r.words.T("cohorts.taken"))
	case !change && len(cohorts) >= maxCohorts:
		return refuse(r.words.T("cohorts.too_many", maxCohorts))
	}
	err = r.site().People.PutCohort(r.ctx(), r.course.String(), c)
	if errors.Is(err, people.ErrInvalid) {
		return refuse(r.words.T("problem.malformed"))
	}
	if err != nil {
		return err
	}
	return r.cohortsDone("saved")
}

// deleteCohort deletes a cohort without members.
func (r *request) deleteCohort() error {
	err := r.site().People.DeleteCohort(r.ctx(), r.course.String(), clip(r.form("name"), 400))
	switch {
	case errors.Is(err, people.ErrInUse):
		return fiber.NewError(fiber.StatusConflict, r.words.T("cohorts.in_use"))
	case err != nil && !errors.Is(err, people.ErrNotFound):
		return err
	}
	return r.cohortsDone("deleted")
}

// moveOne puts one person into a cohort, or into none.
func (r *request) moveOne() error {
	who, cohort := strings.TrimSpace(clip(r.form("who"), 254)), clip(r.form("cohort"), 400)
	refuse := func(text string) error {
		return r.showCohorts(fiber.StatusUnprocessableEntity, &cohortsBody{Who: who, Chosen: cohort, WhoError: text})
	}
	if who == "" {
		return refuse(r.words.T("problem.missing"))
	}
	user, err := r.site().People.FindUser(r.ctx(), who)
	if errors.Is(err, people.ErrNotFound) {
		return refuse(r.words.T("cohorts.nobody"))
	}
	if err != nil {
		return err
	}
	member, err := r.site().People.Member(r.ctx(), user.ID, r.course.String())
	if err != nil {
		return err
	}
	if !member.Enrolled {
		return refuse(r.words.T("cohorts.nobody"))
	}
	_, err = r.site().People.SetCohort(r.ctx(), user.ID, r.course.String(), cohort)
	if errors.Is(err, people.ErrNotFound) {
		return fiber.ErrBadRequest
	}
	if err != nil {
		return err
	}
	return r.cohortsDone("moved")
}

// drawCohorts puts those who are in no cohort into the automatic ones, as many as a list holds.
func (r *request) drawCohorts() error {
	if !requestIDPattern.MatchString(r.form("request")) {
		return fiber.ErrBadRequest
	}
	alone, _, err := r.site().People.List(r.ctx(), r.course.String(), people.Listing{Uncohorted: true}, lists.MaxLines, "")
	if err != nil {
		return err
	}
	order := lists.Order{ID: r.form("request"), Run: r.course.String(), Kind: lists.Draw, By: r.user.ID, Language: r.words.Language}
	for i := range alone {
		order.Entries = append(order.Entries, lists.Entry{Line: i + 1, Who: alone[i].Account.Username})
	}
	list, err := r.site().Lists.Hand(r.ctx(), order)
	if errors.Is(err, lists.ErrNotFound) {
		return fiber.ErrBadRequest
	}
	if err != nil {
		return err
	}
	return r.Redirect(r.listPath(list.ID), fiber.StatusSeeOther)
}
