package host

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/notices"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/ports"
)

// Deliver implements notices.Postman: in the language of who gets it, to an address that its owner has confirmed.
func (l *Letters) Deliver(ctx context.Context, letter notices.Letter) error {
	first := &letter.Notices[0]
	member, err := l.site.People.ByPseudonym(ctx, first.Run, first.Learner)
	if errors.Is(err, people.ErrNotFound) || err == nil && member.User == "" {
		return nil
	}
	if err != nil {
		return err
	}
	user, err := l.site.People.User(ctx, member.User)
	if errors.Is(err, people.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if user.Disabled || !user.Confirmed || user.Email == "" {
		return nil
	}
	w := l.words.For(nil, user.Locale)
	var text strings.Builder
	for i := range letter.Notices {
		n := &letter.Notices[i]
		text.WriteString("* " + oneLine(noticeTitle(w, n)) + "\n")
		if title := l.runTitle(ctx, n.Run); title != "" {
			text.WriteString("  " + oneLine(title) + "\n")
		}
		if n.Text != "" {
			text.WriteString("  " + strings.ReplaceAll(strings.TrimSpace(n.Text), "\n", "\n  ") + "\n")
		}
		text.WriteString("\n")
	}
	subject := clip(oneLine(noticeTitle(w, first)), 200)
	if len(letter.Notices) > 1 {
		subject = w.T("mail.notices_subject", len(letter.Notices))
	}
	return l.mailer.Send(ctx, ports.Mail{
		To: user.Email, Subject: subject, Key: letter.Key,
		Text: w.T("mail.notices_text", user.Username, text.String(), l.public+"/notifications", l.public+"/notifications/stop?link="+url.QueryEscape(letter.Stop)),
	})
}

// runTitle is a run's name, "" for one that is gone.
func (l *Letters) runTitle(ctx context.Context, name string) string {
	run, err := key.ParseCourse(name)
	if err != nil {
		return ""
	}
	published, err := l.site.Courses.Published(ctx, run)
	if err != nil { // the mail goes out without it
		return ""
	}
	return published.Run.Title
}

var _ notices.Postman = (*Letters)(nil)
