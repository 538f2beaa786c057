package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
)

// learner is one browser.
type learner struct {
	base   string
	client *http.Client
	token  string
	// from is where he says that he is: a site lets only so many sign up from one place.
	from string
	// sittings are the ids that the problems' forms hold.
	sittings [problems]string
}

var (
	tokenField   = regexp.MustCompile(`name="token" value="([^"]*)"`)
	sittingField = regexp.MustCompile(`name="sitting" value="([^"]*)"`)
)

func field(pattern *regexp.Regexp, page []byte) (string, error) {
	found := pattern.FindSubmatch(page)
	if found == nil {
		return "", fmt.Errorf("the page has no %s", pattern)
	}
	return string(found[1]), nil
}

func randomHex(n int) string {
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

// newLearner signs up, enrols and opens every problem once.
func newLearner(ctx context.Context, base string) (*learner, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	l := &learner{base: base, from: randomAddress(), client: &http.Client{Jar: jar, Transport: &http.Transport{MaxIdleConnsPerHost: 2}}}
	page, err := l.get(ctx, "/signup")
	if err != nil {
		return nil, err
	}
	if l.token, err = field(tokenField, page); err != nil {
		return nil, err
	}
	name := "bench-" + randomHex(5)
	form := url.Values{"token": {l.token}, "username": {name}, "email": {name + "@bench.example"}, "name": {name}, "password": {randomHex(12)}}
	if _, err := l.post(ctx, "/signup", form, ""); err != nil {
		return nil, fmt.Errorf("signing up: %w", err)
	}
	if page, err = l.get(ctx, courseHome+"/about"); err != nil {
		return nil, err
	}
	if l.token, err = field(tokenField, page); err != nil {
		return nil, err
	}
	if _, err := l.post(ctx, courseHome+"/enrol", url.Values{"token": {l.token}}, ""); err != nil {
		return nil, fmt.Errorf("enrolling: %w", err)
	}
	for n := range problems {
		page, err := l.get(ctx, fmt.Sprintf("%s/units/v%d", courseHome, n))
		if err != nil {
			return nil, err
		}
		if l.sittings[n], err = field(sittingField, page); err != nil {
			return nil, err
		}
	}
	return l, nil
}

func (l *learner) get(ctx context.Context, path string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, l.base+path, http.NoBody)
	if err != nil {
		return nil, err
	}
	return l.do(request)
}

func (l *learner) post(ctx context.Context, path string, form url.Values, accept string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, l.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Origin", l.base)
	if accept != "" {
		request.Header.Set("Accept", accept)
	}
	return l.do(request)
}

func (l *learner) do(request *http.Request) ([]byte, error) {
	request.Header.Set("X-Forwarded-For", l.from)
	response, err := l.client.Do(request)
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

// errWaiting means that the verdict was not there when the reply was.
var errWaiting = errors.New("the verdict took longer than the reply waits")

// submit answers problem n and returns when its verdict is there.
func (l *learner) submit(ctx context.Context, n int, choice string) error {
	form := url.Values{
		"token": {l.token}, "request": {randomHex(16)}, "sitting": {l.sittings[n]}, "handler": {"submit"}, "input_2_1": {choice},
	}
	body, err := l.post(ctx, problemPath(n), form, "application/json")
	if err != nil {
		return err
	}
	var reply struct {
		Waiting bool `json:"waiting"`
	}
	if err := json.Unmarshal(body, &reply); err != nil {
		return err
	}
	if reply.Waiting {
		return errWaiting
	}
	return nil
}
