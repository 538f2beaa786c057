package forum

import (
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Render implements sdk.Renderer.
func (block) Render(c *sdk.Call, v sdk.View[Fields, Public]) (sdk.Fragment, error) {
	shown, next, err := sdk.Find[Post](c, wire.DocumentFind{
		Collection: posts, Index: byTime, Equal: sdk.Keys(c.Context.Usage, false), Limit: pageSize, After: strings.Join(v.Query["after"], ""),
	})
	if err != nil {
		return sdk.Fragment{}, err
	}
	names, err := authors(c, shown)
	if err != nil {
		return sdk.Fragment{}, err
	}
	unread, err := unread(c, v.Fields.Read)
	if err != nil {
		return sdk.Fragment{}, err
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<p>%s</p><p data-unread="%d">%s new</p><ol>`, html.EscapeString(v.Public.Topic), unread, count(unread))
	for i := range shown {
		item(&b, c, &shown[i], names)
	}
	b.WriteString("</ol>")
	if next != "" {
		fmt.Fprintf(&b, `<p><a href="quoin:view/learner?after=%s">Newer posts</a></p>`, url.QueryEscape(next))
	}
	if c.Context.Role == wire.RoleLearner {
		b.WriteString(`<p><label>Your post <textarea name="text" form="quoin:form"></textarea></label>` +
			`<button form="quoin:form" name="handler" value="post">Post</button>` +
			`<button form="quoin:form" name="handler" value="read">I have read all</button></p>`)
	}
	return sdk.Fragment{HTML: b.String()}, nil
}

func item(b *strings.Builder, c *sdk.Call, post *sdk.Doc[Post], names map[string]string) {
	name := names[post.Body.Author]
	fmt.Fprintf(b, `<li><b>%s</b> <span>%s</span>`, html.EscapeString(name), html.EscapeString(post.Body.Text))
	if slices.Contains(c.Context.Groups, moderator) {
		fmt.Fprintf(b, ` <label><input type="radio" name="id" form="quoin:form" value="%s"> choose</label>`, html.EscapeString(post.ID))
	}
	b.WriteString("</li>")
}

// authors looks up the public names of who wrote; somebody who is gone has none.
func authors(c *sdk.Call, shown []sdk.Doc[Post]) (map[string]string, error) {
	var ids []string
	for _, post := range shown {
		if !slices.Contains(ids, post.Body.Author) {
			ids = append(ids, post.Body.Author)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	users, err := c.Users(ids...)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, id := range ids {
		names[id] = "somebody who left"
	}
	for _, user := range users {
		names[user.ID] = user.Username
	}
	return names, nil
}

// unread counts visible posts that came after a time, as far as anybody wants to know.
func unread(c *sdk.Call, read int64) (int, error) {
	found, err := c.Documents(wire.DocumentFind{
		Collection: posts, Index: byTime, Equal: sdk.Keys(c.Context.Usage, false), From: sdk.Key(read + 1), Limit: maxUnread, Count: true,
	})
	return found.Count, err
}

func count(unread int) string {
	if unread >= maxUnread {
		return fmt.Sprintf("%d+", maxUnread-1)
	}
	return fmt.Sprint(unread)
}
