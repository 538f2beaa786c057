package running

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
)

// Learner is one browser without scripts. It is for one goroutine at a time.
type Learner struct {
	Base   string
	Client *http.Client
	// Token is what the session's forms hold against forgery.
	Token string
	// from is where he says that he is: a site lets only so many sign up from one place.
	from string
}

// The fields that a page's forms hold.
var (
	TokenField   = regexp.MustCompile(`name="token" value="([^"]*)"`)
	SittingField = regexp.MustCompile(`name="sitting" value="([^"]*)"`)
)

// Field finds the value of a form's field in a page.
func Field(pattern *regexp.Regexp, page []byte) (string, error) {
	found := pattern.FindSubmatch(page)
	if found == nil {
		return "", fmt.Errorf("the page has no %s", pattern)
	}
	return string(found[1]), nil
}

// RandomHex is n random bytes in hexadecimal.
func RandomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// randomAddress is one of a network of sixteen million.
func randomAddress() string {
	var b [3]byte
	_, _ = rand.Read(b[:]) // never fails
	return fmt.Sprintf("10.%d.%d.%d", b[0], b[1], b[2])
}

// SignedIn is the browser of somebody whose session is there already.
func SignedIn(base, session string) (*Learner, error) {
	l, err := visitor(base)
	if err != nil {
		return nil, err
	}
	address, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	l.Client.Jar.SetCookies(address, []*http.Cookie{{Name: "quoin_session", Value: session, Path: "/"}})
	return l, nil
}

func visitor(base string) (*Learner, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	return &Learner{Base: base, from: randomAddress(), Client: &http.Client{Jar: jar, Transport: &http.Transport{MaxIdleConnsPerHost: 2}}}, nil
}

// SignUp makes an account, as a visitor does.
func SignUp(ctx context.Context, base string) (*Learner, error) {
	l, err := visitor(base)
	if err != nil {
		return nil, err
	}
	if err := l.readToken(ctx, "/signup"); err != nil {
		return nil, err
	}
	name := "bench-" + RandomHex(5)
	form := url.Values{"token": {l.Token}, "username": {name}, "email": {name + "@bench.example"}, "name": {name}, "password": {RandomHex(12)}}
	if _, err := l.Post(ctx, "/signup", form, ""); err != nil {
		return nil, fmt.Errorf("signing up: %w", err)
	}
	return l, nil
}

// Enrol takes up the course whose pages are below home.
func (l *Learner) Enrol(ctx context.Context, home string) error {
	if err := l.readToken(ctx, home+"/about"); err != nil {
		return err
	}
	if _, err := l.Post(ctx, home+"/enrol", url.Values{"token": {l.Token}}, ""); err != nil {
		return fmt.Errorf("enrolling: %w", err)
	}
	return nil
}

func (l *Learner) readToken(ctx context.Context, path string) error {
	page, err := l.Get(ctx, path)
	if err != nil {
		return err
	}
	l.Token, err = Field(TokenField, page)
	return err
}

// Get opens a page; anything but 200 is an error.
func (l *Learner) Get(ctx context.Context, path string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, l.Base+path, http.NoBody)
	if err != nil {
		return nil, err
	}
	return l.Do(request)
}

// Post sends a form; accept may ask for JSON instead of a page. Anything but 200 behind the redirects is an error.
func (l *Learner) Post(ctx context.Context, path string, form url.Values, accept string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, l.Base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Origin", l.Base)
	if accept != "" {
		request.Header.Set("Accept", accept)
	}
	return l.Do(request)
}

// Do sends a request from this browser; anything but 200 is an error, with what the body begins with.
func (l *Learner) Do(request *http.Request) ([]byte, error) {
	request.Header.Set("X-Forwarded-For", l.from)
	response, err := l.Client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s: %.300s", request.Method, request.URL.Path, response.Status, bytes.TrimSpace(body))
	}
	return body, err
}
