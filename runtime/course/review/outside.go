package review

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/outbound"
	"github.com/quoin-lms/quoin/runtime/store"
)

// linkCheck is what came of asking a course's addresses elsewhere, by the course's key.
type linkCheck struct {
	Course string    `bson:"course"`
	Began  time.Time `bson:"began"`
	// Alive is when the work was last seen at it: what died is begun again by a person.
	Alive    time.Time `bson:"alive"`
	Finished bool      `bson:"finished,omitempty"`
	Done     int       `bson:"done"`
	Total    int       `bson:"total"`
	// Left counts the addresses beyond the bound.
	Left   int           `bson:"left,omitempty"`
	Broken []linkTrouble `bson:"broken,omitempty"`
}

// linkTrouble is an address that does not answer as it should.
type linkTrouble struct {
	URL string `bson:"url"`
	// Why is "status", "name", "private", "slow" or "refused"; Status is the answer's, 0 for none.
	Why    string `bson:"why"`
	Status int    `bson:"status,omitempty"`
}

var linkSpec = store.Spec{Name: "link_checks"}

// Specs are the collections of this package.
func Specs() []store.Spec { return []store.Spec{linkSpec} }

// Bounds of asking elsewhere. The client bounds each request; see [LinkClient].
const (
	mostLinks    = 1000
	mostBroken   = 500
	linksAtOnce  = 4
	perHost      = time.Second
	linkTime     = 10 * time.Second
	linkBytes    = 64 << 10
	linkHops     = 5
	linkDead     = time.Minute
	linksRemain  = 24 * time.Hour
	linkProgress = 10
)

// LinkClient asks addresses elsewhere within bounds; private reaches private networks too, for tests.
func LinkClient(private bool) *http.Client {
	return outbound.Client(outbound.Config{Private: private, Time: linkTime, Bytes: linkBytes, Redirects: linkHops})
}

// Outside tells how far the check of addresses elsewhere is.
type Outside struct {
	Running, Finished bool
	At                time.Time
	Done, Total, Left int
	Broken            int
}

// ErrBusy means that the addresses are being asked already.
var ErrBusy = errors.New("the addresses are being asked already")

// Outside tells what is known of a course's addresses elsewhere; the zero value is nothing.
func (r *Reviewer) Outside(ctx context.Context, run key.Course) (Outside, error) {
	doc, err := r.links.Get(ctx, run.String())
	if errors.Is(err, store.ErrNotFound) {
		return Outside{}, nil
	}
	if err != nil {
		return Outside{}, err
	}
	c := &doc.Body
	out := Outside{Finished: c.Finished, At: c.Began, Done: c.Done, Total: c.Total, Left: c.Left, Broken: len(c.Broken)}
	out.Running = !c.Finished && r.config.Now().Sub(c.Alive) < linkDead
	return out, nil
}

// broken gives the addresses elsewhere that did not answer when they were asked last, unless that is long ago.
func (r *Reviewer) broken(ctx context.Context, run key.Course) (map[string]linkTrouble, error) {
	doc, err := r.links.Get(ctx, run.String())
	if errors.Is(err, store.ErrNotFound) || err == nil && r.config.Now().Sub(doc.Body.Began) > linksRemain {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := map[string]linkTrouble{}
	for _, one := range doc.Body.Broken {
		out[one.URL] = one
	}
	return out, nil
}

// CheckOutside asks the course's addresses elsewhere in the background, each once and no host often. ErrBusy while that goes on.
func (r *Reviewer) CheckOutside(ctx context.Context, run key.Course) error {
	if r.config.Client == nil {
		return errors.New("this site asks no addresses elsewhere")
	}
	urls, err := r.outsideOf(ctx, run)
	if err != nil {
		return err
	}
	now := r.config.Now().UTC().Truncate(time.Millisecond)
	left := max(0, len(urls)-mostLinks)
	urls = urls[:len(urls)-left]
	_, err = r.links.Update(ctx, run.String(), func(c *linkCheck) (bool, error) {
		if c.Course != "" && !c.Finished && now.Sub(c.Alive) < linkDead {
			return false, ErrBusy
		}
		*c = linkCheck{Course: run.String(), Began: now, Alive: now, Total: len(urls), Left: left, Finished: len(urls) == 0}
		return true, nil
	})
	if err != nil || len(urls) == 0 {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ctx.Err() != nil {
		return r.ctx.Err()
	}
	r.running.Go(func() {
		if err := r.askAll(r.ctx, run, now, urls); err != nil && r.ctx.Err() == nil {
			r.config.Log.Warn("the addresses of a course could not be asked", "course", run.String(), "error", err)
		}
	})
	return nil
}

// outsideOf lists the addresses elsewhere, in order.
func (r *Reviewer) outsideOf(ctx context.Context, run key.Course) ([]string, error) {
	l, err := r.begin(ctx, run)
	if err != nil {
		return nil, err
	}
	pages, err := r.config.Courses.Pages(ctx, run)
	if err != nil {
		return nil, err
	}
	var urls []string
	for _, part := range l.whole.Parts {
		for _, link := range l.scan[part].outside {
			urls = append(urls, link.text)
		}
	}
	for i := range pages {
		for _, link := range scanPage(run, pages[i].HTML, pages[i].Fields).outside {
			urls = append(urls, link.text)
		}
	}
	slices.Sort(urls)
	return slices.Compact(urls), nil
}

// askAll asks addresses. Those of one host are asked one after the other, with a pause.
func (r *Reviewer) askAll(ctx context.Context, run key.Course, began time.Time, urls []string) error {
	hosts := map[string][]string{}
	var order []string
	for _, address := range urls {
		host := hostOf(address)
		if hosts[host] == nil {
			order = append(order, host)
		}
		hosts[host] = append(hosts[host], address)
	}
	var (
		mu      sync.Mutex
		group   sync.WaitGroup
		slots   = make(chan struct{}, linksAtOnce)
		broken  []linkTrouble
		done    int
		trouble error
	)
	for _, host := range order {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			break
		}
		group.Go(func() {
			defer func() { <-slots }()
			for i, address := range hosts[host] {
				if i > 0 && !pause(ctx, perHost) {
					return
				}
				one, bad := r.askOne(ctx, address)
				if ctx.Err() != nil {
					return
				}
				mu.Lock()
				done++
				if bad && len(broken) < mostBroken {
					broken = append(broken, one)
				}
				if done%linkProgress == 0 || i == len(hosts[host])-1 {
					trouble = errors.Join(trouble, r.noteLinks(ctx, run, began, done, broken, false))
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return errors.Join(trouble, r.noteLinks(ctx, run, began, done, broken, true))
}

func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// noteLinks stores how far the work is, unless somebody began it anew.
func (r *Reviewer) noteLinks(ctx context.Context, run key.Course, began time.Time, done int, broken []linkTrouble, finished bool) error {
	_, err := r.links.Update(ctx, run.String(), func(c *linkCheck) (bool, error) {
		if !c.Began.Equal(began) {
			return false, nil
		}
		c.Alive, c.Done, c.Broken, c.Finished = r.config.Now().UTC().Truncate(time.Millisecond), done, slices.Clone(broken), finished
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("noting how far the addresses of %s are: %w", run, err)
	}
	return nil
}

func hostOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return parsed.Host
}

// askOne asks one address: HEAD first, GET where that is not answered.
func (r *Reviewer) askOne(ctx context.Context, address string) (linkTrouble, bool) {
	status, err := r.askBy(ctx, http.MethodHead, address)
	if err == nil && status >= 400 && status != http.StatusNotFound && status != http.StatusGone {
		status, err = r.askBy(ctx, http.MethodGet, address)
	}
	trouble := linkTrouble{URL: address, Status: status}
	var dns *net.DNSError
	var slow net.Error
	switch {
	case errors.Is(err, outbound.ErrPrivate):
		trouble.Why = "private"
	case errors.As(err, &dns):
		trouble.Why = "name"
	case errors.As(err, &slow) && slow.Timeout():
		trouble.Why = "slow"
	case err != nil:
		trouble.Why = "refused"
	case status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusTooManyRequests || status == 999:
		return trouble, false // it is there, and lets nobody in who is no person
	case status >= 400:
		trouble.Why = "status"
	default:
		return trouble, false
	}
	return trouble, true
}

func (r *Reviewer) askBy(ctx context.Context, method, address string) (int, error) {
	request, err := http.NewRequestWithContext(ctx, method, address, http.NoBody)
	if err != nil {
		return 0, err
	}
	request.Header.Set("User-Agent", "Quoin link check")
	response, err := r.config.Client.Do(request)
	if err != nil {
		return 0, err
	}
	_, _ = io.CopyN(io.Discard, response.Body, 512) // what it says does not matter
	return response.StatusCode, response.Body.Close()
}
