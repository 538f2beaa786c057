package host

import (
	"context"
	"errors"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/people/lists"
	"github.com/quoin-lms/quoin/runtime/store"
)

// listTurn is one of the ways in which a list goes on.
type listTurn func(l *lists.Lists, ctx context.Context, run, id string) (lists.List, error)

const invitationsPage = 100

// invitationsBody is the page of addresses that wait for an account.
type invitationsBody struct {
	Back, Action, Next string
	Rows               []invitationPart
	// Confirms says that the site sends mail, so that addresses can be confirmed.
	Confirms bool
}

type invitationPart struct {
	Email, Mode, Cohort, By string
	At, Expires             *instant
}

func (r *request) invitations() error { return r.showInvitations(nil) }

func (r *request) showInvitations(focus *notice) error {
	body := &invitationsBody{Back: r.staffPath() + "/enrol", Action: r.staffPath() + "/invitations/revoke", Confirms: r.site().Lists.Mails()}
	list, next, err := r.site().People.Invitations(r.ctx(), r.course.String(), invitationsPage, store.Cursor(clip(r.Query("after"), 8000)))
	if errors.Is(err, store.ErrInvalid) {
		return fiber.ErrBadRequest
	}
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, in := range list {
		by, err := r.nameOf(names, in.By)
		if err != nil {
			return err
		}
		body.Rows = append(body.Rows, invitationPart{in.Email, in.Mode, in.Cohort, by, r.instant(in.At), r.instant(in.Expires)})
	}
	if next != "" {
		body.Next = r.staffPath() + "/invitations?after=" + string(next)
	}
	if r.Query("revoked") != "" && focus == nil {
		focus = &notice{Kind: "good", Text: r.words.T("invitations.revoked")}
	}
	return r.showStaffStatus(fiber.StatusOK, "invitations.html", "enrol", r.words.T("invitations.title"), body, focus)
}

func (r *request) revokeInvitation() error {
	if _, err := r.site().People.Uninvite(r.ctx(), r.course.String(), clip(r.form("email"), 254)); err != nil {
		return err
	}
	return r.Redirect(r.staffPath()+"/invitations?revoked=yes", fiber.StatusSeeOther)
}

// nameOf is the user name of who did something, "" for who is gone; known keeps what was looked up.
func (r *request) nameOf(known map[string]string, id string) (string, error) {
	if name, looked := known[id]; looked || id == "" {
		return name, nil
	}
	user, err := r.site().People.User(r.ctx(), id)
	if err != nil && !errors.Is(err, people.ErrNotFound) {
		return "", err
	}
	known[id] = user.Username
	return user.Username, nil
}
