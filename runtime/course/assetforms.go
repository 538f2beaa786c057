package course

import (
	"context"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// assetForms are the names of a course's files by the form that Open edX gives them in keys, of those that have another one.
type assetForms struct {
	seen  time.Time
	names map[string]string
}

// Bounds of the forms in memory. They are looked up where there is no file of the name: what was uploaded a moment ago may wait.
const (
	formsFresh = 10 * time.Second
	mostForms  = 50_000
)

// byForm names the file that a text of Open edX means: its Studio writes "My_plan.pdf" for a file that is called "My plan.pdf". "" is
// none.
func (c *Courses) byForm(ctx context.Context, course key.Course, asked string) (string, error) {
	if key.AssetForm(asked) != asked {
		return "", nil
	}
	c.mu.Lock()
	forms, ok := c.forms[course]
	c.mu.Unlock()
	if ok && c.now().Sub(forms.seen) < formsFresh {
		return forms.names[asked], nil
	}
	forms = assetForms{c.now(), map[string]string{}}
	for after := store.Cursor(""); len(forms.names) < mostForms; {
		some, next, err := c.Assets(ctx, course, after, store.MaxPage)
		if err != nil {
			return "", fmt.Errorf("looking for file %q of %s: %w", asked, course, err)
		}
		for i := range some {
			form := key.AssetForm(some[i].Name)
			if _, taken := forms.names[form]; !taken && form != some[i].Name {
				forms.names[form] = some[i].Name
			}
		}
		if after = next; next == "" {
			break
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.forms) >= keptCourses {
		c.forms = map[key.Course]assetForms{}
	}
	c.forms[course] = forms
	return forms.names[asked], nil
}
