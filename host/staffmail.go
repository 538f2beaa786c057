package host

import (
	"context"
	"strings"

	"github.com/quoin-lms/quoin/host/words"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/people/lists"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/site"
)

// Letters writes the mails of lists, for processes that serve pages and for those that only work.
type Letters struct {
	site   *site.Site
	mailer ports.Mailer
	// public is how browsers reach the site, without a slash at the end.
	public string
	words  *words.Catalogue
}

// NewLetters makes a writer of mails.
func NewLetters(s *site.Site, mailer ports.Mailer, publicURL string) (*Letters, error) {
	catalogue, err := words.Load()
	if err != nil {
		return nil, err
	}
	return &Letters{s, mailer, strings.TrimSuffix(publicURL, "/"), catalogue}, nil
}

// Notify implements lists.Notifier: in the language of who gets it, else in that of the course, else of who handed the list in.
func (l *Letters) Notify(ctx context.Context, n lists.Notice) error {
	run, err := key.ParseCourse(n.Run)
	if err != nil {
		return err
	}
	published, err := l.site.Courses.Published(ctx, run)
	if err != nil {
		return err
	}
	title := strings.Join(strings.Fields(published.Run.Title), " ") // a subject is one line
	wishes := []string{"", published.Run.Text("language", ""), n.Language}
	name, kind, path := n.Email, "mail.invited", "/signup?next=/courses/"+n.Run
	if n.User != nil {
		wishes[0], name, kind, path = n.User.Locale, n.User.Username, "mail.enrolled", "/courses/"+n.Run
	}
	if n.Kind == lists.Unenrol {
		kind, path = "mail.unenrolled", "/courses/"+n.Run+"/about"
	}
	w := l.words.For(nil, wishes...)
	return l.mailer.Send(ctx, ports.Mail{
		To: n.Email, Subject: w.T(kind+"_subject", clip(title, 200)), Text: w.T(kind+"_text", name, title, l.public+path), Key: n.Key,
	})
}

var _ lists.Notifier = (*Letters)(nil)
