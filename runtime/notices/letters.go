package notices

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Letter is one mail about one or several notices, the oldest first.
type Letter struct {
	Inbox string
	// Key makes sending idempotent as far as the mail service can.
	Key     string
	Notices []Notice
	// Stop is the link token that ends mails without a login.
	Stop string
}

// Postman writes and sends letters.
type Postman interface {
	// Deliver sends one. Somebody who is gone or has no confirmed address gets none, which is no error.
	Deliver(ctx context.Context, letter Letter) error
}

// Mail sets who sends letters; a site without one sends none. It is called before anything runs.
func (n *Notices) Mail(postman Postman) { n.postman = postman }

// Mails reports whether the site sends letters.
func (n *Notices) Mails() bool { return n.postman != nil }

// How letters are tried.
const (
	letterLease = 10 * time.Minute
	letterTries = 5
	perRound    = 500
)

// SendDue sends the mails that are due, one for each person. It returns how many it sent. Several processes may do so at once.
func (n *Notices) SendDue(ctx context.Context) (int, error) {
	if n.postman == nil {
		return 0, nil
	}
	docs, _, err := n.notices.Find(ctx, store.Query{Index: "mail", From: time.Time{}, To: n.config.Now().Add(time.Millisecond), Limit: perRound})
	if err != nil {
		return 0, fmt.Errorf("looking for mails that are due: %w", err)
	}
	mine := map[string][]store.Doc[Notice]{}
	var order []string
	for _, doc := range docs {
		taken, err := n.take(ctx, doc)
		if err != nil {
			return 0, err
		}
		if !taken {
			continue
		}
		if mine[doc.Body.Inbox] == nil {
			order = append(order, doc.Body.Inbox)
		}
		mine[doc.Body.Inbox] = append(mine[doc.Body.Inbox], doc)
	}
	sent := 0
	var failed []error
	for _, inbox := range order {
		err := n.send(ctx, inbox, mine[inbox])
		if failed = append(failed, err); err == nil {
			sent++
		}
	}
	return sent, errors.Join(failed...)
}

// take claims a notice for this process, unless another one was faster or it was tried too often.
func (n *Notices) take(ctx context.Context, doc store.Doc[Notice]) (bool, error) {
	now, mine := n.config.Now(), false
	_, err := n.notices.Update(ctx, doc.ID, func(notice *Notice) (bool, error) {
		mine = notice.Mail != nil && !notice.Mail.After(now)
		if !mine {
			return false, nil
		}
		if notice.Tries++; notice.Tries > letterTries {
			mine, notice.Mail = false, nil
			n.config.Log.ErrorContext(ctx, "a mail about a notice was given up", "type", notice.Type, "usage", notice.Usage)
			return true, nil
		}
		until := now.Add(letterLease)
		notice.Mail = &until
		return true, nil
	})
	if err != nil {
		return false, fmt.Errorf("claiming a mail: %w", err)
	}
	return mine, nil
}

func (n *Notices) send(ctx context.Context, inbox string, docs []store.Doc[Notice]) error {
	slices.SortFunc(docs, func(a, b store.Doc[Notice]) int { return a.Body.At.Compare(b.Body.At) })
	hash := sha256.New()
	letter := Letter{Inbox: inbox, Stop: n.StopToken(inbox)}
	for _, doc := range docs {
		hash.Write([]byte(store.ID(doc.ID)))
		letter.Notices = append(letter.Notices, doc.Body)
	}
	letter.Key = hex.EncodeToString(hash.Sum(nil)[:16])
	if err := n.postman.Deliver(ctx, letter); err != nil {
		return fmt.Errorf("mailing about notices: %w", err)
	}
	for _, doc := range docs {
		_, err := n.notices.Update(ctx, doc.ID, func(notice *Notice) (bool, error) {
			was := notice.Mail != nil
			notice.Mail = nil
			return was, nil
		})
		if err != nil {
			return fmt.Errorf("noting that a mail was sent: %w", err)
		}
	}
	return nil
}
