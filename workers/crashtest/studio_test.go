package crashtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

const (
	studio      = "/studio/courses/" + courseKey
	studioKills = 6
)

// author is a browser in Studio: a learner's, with other addresses.
type author struct{ *learner }

// signIn signs in who has an account.
func signIn(t *testing.T, web *server, name, password string) *author {
	t.Helper()
	l := visitor(t, web, name)
	l.token = field(t, "token", l.page(t, "/signin"))
	l.must(t, "/signin", url.Values{"login": {name}, "password": {password}})
	l.token = field(t, "token", l.page(t, studio))
	return &author{l}
}

// save sends one field of a problem as Studio's page does. An error means that nobody knows what became of it.
func (a *author) save(problem int, base, value string) (status int, body []byte, err error) {
	edits, err := json.Marshal(map[string]any{"edits": map[string]any{"display_name": map[string]string{"base": base, "value": value}}})
	if err != nil {
		return 0, nil, err
	}
	at := a.web.address()
	request, err := http.NewRequest(http.MethodPost, at+studio+"/components/"+usage(problem)+"/save", bytes.NewReader(edits))
	if err != nil {
		return 0, nil, err
	}
	for name, value := range map[string]string{"Content-Type": "application/json", "Accept": "application/json", "Origin": at, "X-Quoin-Token": a.token} {
		request.Header.Set(name, value)
	}
	response, err := a.client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	body, err = io.ReadAll(response.Body)
	return response.StatusCode, body, err
}

// TestStudioIsKilled kills the server six times while an author writes in six components at once, moves and copies them and
// publishes. Everything that was acknowledged is there afterwards, once, and what is published last is what learners see.
func TestStudioIsKilled(t *testing.T) {
	t.Parallel()
	data := site(t)
	const password = "a long enough password"
	run(t, password, "user", "create", "writer", "--email", "writer@crash.example", "--data", data)
	run(t, "", "user", "grant", "writer", "staff", "--course", courseKey, "--data", data)
	web := serve(t, data, "all")
	a := signIn(t, web, "writer", password)

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var tabs sync.WaitGroup
	var saved, published, moved atomic.Int64
	var last [problems]string
	for p := range problems {
		tabs.Go(func() {
			last[p] = fmt.Sprintf("Problem %d", p)
			for n := 0; ctx.Err() == nil; n++ {
				value := fmt.Sprintf("Problem %d at %d", p, n)
				for { // until it is acknowledged, as the page does
					status, body, err := a.save(p, last[p], value)
					if err == nil && status == http.StatusOK {
						break
					}
					if err == nil && status < http.StatusInternalServerError && status != http.StatusConflict {
						t.Errorf("saving %q over %q: %d %.300s", value, last[p], status, body)
						cancel()
						return
					}
				}
				last[p] = value
				saved.Add(1)
			}
		})
	}
	// again sends a form until there is an answer, whatever it says: what it does need not be done at each time.
	again := func(path string, form url.Values, count *atomic.Int64) {
		for ctx.Err() == nil {
			if status, body, err := a.post(studio+path, form); err == nil && status < http.StatusInternalServerError {
				if status != http.StatusOK && status != http.StatusConflict {
					t.Errorf("%s: %d %.300s", path, status, body)
					cancel()
				}
				count.Add(1)
				return
			}
		}
	}
	tabs.Go(func() {
		for ctx.Err() == nil {
			again("/publish", url.Values{}, &published)
		}
	})
	tabs.Go(func() {
		unit := "block-v1:Quoin+Crash+1+type@vertical+block@unit"
		for n := 0; ctx.Err() == nil; n++ {
			again("/move", url.Values{"usage": {usage(n % problems)}, "to": {unit}, "after": {usage((n + 3) % problems)}}, &moved)
		}
	})
	for n := range studioKills {
		s, p := saved.Load(), published.Load()
		wait(t, "authors are answered after kill "+strconv.Itoa(n), func() bool {
			return ctx.Err() != nil || saved.Load() > s+20 && published.Load() > p+1
		})
		web.kill()
		web.start()
	}
	cancel()
	tabs.Wait()
	t.Logf("%d saves, %d publishes and %d moves were answered", saved.Load(), published.Load(), moved.Load())

	a.must(t, studio+"/publish", url.Values{})
	unit := a.page(t, studio+"/units/unit")
	live := a.page(t, home+"/units/unit")
	for p := range problems {
		for where, page := range map[string]string{"Studio": unit, "the course": live} {
			if !strings.Contains(page, last[p]+"<") {
				t.Errorf("%s does not have %q", where, last[p])
			}
		}
		if n := strings.Count(unit, `data-part="`+strings.ReplaceAll(usage(p), "+", "&#43;")+`"`); n != 1 {
			t.Errorf("problem %d stands %d times in its unit", p, n)
		}
	}
	if changes := a.page(t, studio+"/changes"); !strings.Contains(changes, "There is nothing to publish") {
		t.Errorf("something is left: %.2000s", changes)
	}
}
