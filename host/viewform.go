package host

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/people"
)

// localMinute is how browsers write a local date and time.
const localMinute = "2006-01-02T15:04"

// viewForm is the form by which staff look at a course as somebody else.
type viewForm struct {
	Action, Learner, Group, At, Back, Zone string
	Groups                                 []viewGroup
	// Errors are by input.
	Errors map[string]string
}

// viewGroup is a content group, or a cohort by its group.
type viewGroup struct {
	Value, Name string
	Chosen      bool
}

// viewForm makes the form for staff, with the course's own groups; nil for everybody else, and while one looks already.
func (r *request) viewForm() *viewForm {
	if r.viewing != nil || !r.person.Staff() {
		return nil
	}
	return &viewForm{
		Action: "/courses/" + r.course.String() + "/view-as", Back: r.pathInCourse(), Zone: r.words.Zone.String(), Groups: r.contentGroups(),
	}
}

// partition is one of user_partitions.
type partition struct {
	ID     int    `json:"id"`
	Name   string `json:"name"`
	Groups []struct {
		ID   int    `json:"id"`
		Name string `json:"name"`
	} `json:"groups"`
}

// partitions are the course's. Ones that cannot be read are the import report's matter.
func (r *request) partitions() []partition {
	return partitionsIn(r.published.Root.Fields["user_partitions"])
}

func partitionsIn(value json.RawMessage) []partition {
	var list []partition
	if json.Unmarshal(value, &list) != nil {
		return nil
	}
	return list
}

func (r *request) contentGroups() []viewGroup { return groupsOf(r.partitions()) }

func groupsOf(partitions []partition) []viewGroup {
	var out []viewGroup
	for _, p := range partitions {
		for _, group := range p.Groups {
			out = append(out, viewGroup{Value: fmt.Sprintf("%d:%d", p.ID, group.ID), Name: p.Name + ": " + group.Name})
		}
	}
	return out
}

// groupName is a content group's name, its number where the course does not name it.
func (r *request) groupName(partition string, id int) string {
	for _, p := range r.partitions() {
		for _, group := range p.Groups {
			if access.PartitionKey(p.ID) == partition && group.ID == id {
				return group.Name
			}
		}
	}
	return fmt.Sprintf("%s:%d", partition, id)
}

// viewAsPage shows the form by itself, and leads to the look that it asks for.
func (r *request) viewAsPage() error {
	form := r.viewForm()
	form.Learner, form.Group, form.At = strings.TrimSpace(r.Query("learner")), r.Query("group"), r.Query("at")
	form.Back, form.Errors = "", map[string]string{}
	if back := r.Query("back"); strings.HasPrefix(back, "/") && !strings.ContainsAny(back, "\\\r\n") && !strings.Contains(back, "..") {
		form.Back = back
	}
	cohorts, err := r.site().People.Cohorts(r.ctx(), r.course.String())
	if err != nil {
		return err
	}
	for _, cohort := range cohorts {
		if _, _, ok := parseGroup(cohort.Group); ok {
			form.Groups = append(form.Groups, viewGroup{Value: cohort.Group, Name: r.words.T("view.cohort", cohort.Name)})
		}
	}
	if r.Query("go") != "" {
		v, err := r.readViewing(form)
		if err != nil {
			return err
		}
		if len(form.Errors) == 0 {
			return r.Redirect("/courses/"+r.course.String()+v.segment()+form.Back, fiber.StatusSeeOther)
		}
	}
	for i := range form.Groups {
		form.Groups[i].Chosen = form.Groups[i].Value == form.Group
	}
	status := fiber.StatusOK
	if len(form.Errors) > 0 {
		status = fiber.StatusUnprocessableEntity
	}
	return r.showStatus(status, "viewas.html", page{Title: r.words.T("view.title"), Course: r.coursePart("view-as"), Body: form})
}

// readViewing reads the form; what is wrong with it stands beside its inputs.
func (r *request) readViewing(form *viewForm) (viewing, error) {
	var v viewing
	if form.Group != "" {
		var ok bool
		if v.Partition, v.Group, ok = parseGroup(form.Group); !ok {
			form.Errors["group"] = r.words.T("view.error_group")
		}
	}
	if form.At != "" {
		at, err := time.ParseInLocation(localMinute, form.At, r.words.Zone)
		if err != nil || at.Year() < 1970 || at.Year() > 9999 {
			form.Errors["at"] = r.words.T("view.error_at")
		}
		v.At = at.UTC()
	}
	if form.Learner == "" {
		return v, nil
	}
	user, err := r.site().People.FindUser(r.ctx(), form.Learner)
	if err == nil {
		var member people.Member
		if member, err = r.site().People.Member(r.ctx(), user.ID, r.course.String()); err == nil && member.Enrolled {
			v.Learner = member.Pseudonym
			return v, nil
		}
	}
	if err != nil && !errors.Is(err, people.ErrNotFound) {
		return v, err
	}
	form.Errors["learner"] = r.words.T("view.error_learner")
	return v, nil
}
