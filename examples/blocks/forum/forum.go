// Package forum is a thread of posts. It shows documents with indexes, a count that costs no more than what is new, and
// rights that come from a course role: who moderates is the course team's decision, not this block's.
package forum

import (
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Fields are the thread's title, and until when a learner has read.
type Fields struct {
	DisplayName string `quoin:"display_name,settings" default:"\"Discussion\"" title:"Name"`
	Topic       string `quoin:"topic,content,text" title:"What it is about"`
	// Read is the time of the newest post that the learner has seen, in milliseconds since 1970 UTC.
	Read int64 `quoin:"read,user_state"`
}

// Public is what the view needs.
type Public struct {
	Topic string `json:"topic,omitempty"`
}

// Post is one document. Hidden posts stay, for whoever asks why.
type Post struct {
	Thread string `json:"thread"`
	Author string `json:"author"`
	// At is when it was written, in milliseconds since 1970 UTC.
	At     int64  `json:"at"`
	Text   string `json:"text"`
	Hidden bool   `json:"hidden"`
	// Moderator and Reason say who hid it and why.
	Moderator string `json:"moderator,omitempty"`
	Reason    string `json:"reason,omitempty"`
}

const (
	posts    = "posts"
	byTime   = "by_time"
	maxText  = 4000
	pageSize = 50
	// maxUnread bounds the count: beyond it, it is "99+".
	maxUnread = 100
	// moderator is the course role whose members may hide posts.
	moderator = "moderator"
)

type block struct{}

// Block is the forum thread.
func Block() sdk.Block {
	learner := []wire.Role{wire.RoleLearner}
	reads := wire.Reads{User: true, Usage: true, Clock: true, Role: true, Fields: []string{"read"}}
	view := wire.Reads{User: true, Usage: true, Role: true, Prepared: true, Fields: []string{"read"}, Query: []string{"after"}}
	return sdk.New[Fields, Public, sdk.None](block{}, sdk.Spec{
		Views: []wire.View{{Name: wire.ViewLearner, Reads: view}},
		Handlers: []wire.Handler{
			{Name: "post", Roles: learner, Reads: reads},
			{Name: "read", Roles: learner, Reads: reads},
			{Name: "edit", Roles: learner, Reads: reads},
			{Name: "hide", Roles: learner, Reads: reads},
		},
		Collections: []wire.Collection{{
			Name: posts, Learners: "author",
			Indexes: []wire.Index{{Name: byTime, Fields: []string{"thread", "hidden", "at"}}},
		}},
	})
}

// Outline implements sdk.Outliner.
func (block) Outline(_ *sdk.Call, f *Fields, _ []wire.Child) (sdk.Outline[Public, sdk.None], error) {
	return sdk.Outline[Public, sdk.None]{
		Facts: wire.Facts{Title: f.DisplayName, Icon: "discussion", Search: f.Topic}, Public: Public{f.Topic},
	}, nil
}

// Handle implements sdk.Handler.
func (block) Handle(c *sdk.Call, r *sdk.Request[Fields, Public]) (*sdk.Reply, error) {
	switch r.Handler {
	case "post":
		text, err := written(r)
		if err != nil {
			return nil, err
		}
		post := Post{Thread: c.Context.Usage, Author: c.Context.Subject, At: c.Context.Now, Text: text}
		return sdk.OK().Say("Your post is there.").Insert(posts, post).Publish("posts", ""), nil
	case "read":
		r.Fields.Read = max(r.Fields.Read, c.Context.Now)
		return sdk.OK(), nil
	case "edit":
		return edit(c, r)
	case "hide":
		return hide(c, r)
	}
	return nil, sdk.NotFound("there is no handler %q", r.Handler)
}

func written(r *sdk.Request[Fields, Public]) (string, error) {
	text := strings.TrimSpace(strings.Join(r.Form["text"], ""))
	switch {
	case text == "":
		return "", sdk.Refuse("write something first")
	case len(text) > maxText:
		return "", sdk.Refuse("a post has at most %d bytes", maxText)
	}
	return text, nil
}

// find reads the post that a form names; one of another thread is not there.
func find(c *sdk.Call, r *sdk.Request[Fields, Public]) (id string, post Post, version int64, err error) {
	id = strings.Join(r.Form["id"], "")
	version, found, err := c.Document(posts, id, &post)
	if err == nil && (!found || post.Thread != c.Context.Usage) {
		err = sdk.NotFound("there is no such post")
	}
	return id, post, version, err
}

// edit replaces the author's own text, if nobody changed the post since it was read.
func edit(c *sdk.Call, r *sdk.Request[Fields, Public]) (*sdk.Reply, error) {
	id, post, version, err := find(c, r)
	if err != nil {
		return nil, err
	}
	if post.Author != c.Context.Subject || post.Hidden {
		return nil, sdk.Forbid("only its author may change a post, and not while it is hidden")
	}
	if post.Text, err = written(r); err != nil {
		return nil, err
	}
	return sdk.OK().Replace(posts, id, version, post).Publish("posts", id), nil
}

// hide takes a post out of sight and tells its author.
func hide(c *sdk.Call, r *sdk.Request[Fields, Public]) (*sdk.Reply, error) {
	if !slices.Contains(c.Context.Groups, moderator) {
		return nil, sdk.Forbid("only moderators may hide a post")
	}
	id, post, version, err := find(c, r)
	if err != nil {
		return nil, err
	}
	if post.Hidden {
		return nil, sdk.Refuse("this post is hidden already")
	}
	reason := strings.TrimSpace(strings.Join(r.Form["reason"], ""))
	if reason == "" || len(reason) > maxText {
		return nil, sdk.Refuse("say why, in at most %d bytes", maxText)
	}
	post.Hidden, post.Moderator, post.Reason = true, c.Context.Subject, reason
	return sdk.OK().Replace(posts, id, version, post).Publish("posts", id).
		Notify([]string{post.Author}, "Your post was hidden", reason, ""), nil
}

// Samples implements sdk.Sampler.
func (block) Samples(*sdk.Call) ([]wire.Sample, error) {
	return []wire.Sample{{Name: "thread", Title: "A thread", Fields: wire.Fields{"topic": sdk.Key("What surprised you?")}}}, nil
}
