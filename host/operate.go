package host

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"time"

	"github.com/quoin-lms/quoin/host/metric"
	"github.com/quoin-lms/quoin/host/operator"
	"github.com/quoin-lms/quoin/runtime/kernel"
)

// operatorRoutes are the addresses of those who run the site.
func operatorRoutes() []Route {
	return []Route{{Method: "GET", Path: "/admin", Who: SiteAdmin, Kind: Page, Handle: (*request).operate}}
}

// operateBody is what the operator's page shows. What is the site's and what is this process's stands apart, since a site may
// have many processes.
type operateBody struct {
	At     *instant
	Alerts []alert
	// Waiting and Oldest tell of answers without a verdict, GivenUp of those that no worker tries again.
	Waiting, Oldest string
	GivenUp         []givenUp
	Lanes           []laneRow
	Blocks          []blockRow
	Unheard         []unheardRow
	Mishaps         []mishapRow
	Chores          []choreRow
	Site, Process   []fact
}

// alert is something that needs the operator, and what to do about it.
type alert struct{ Kind, Text, Mend string }

type givenUp struct{ Title, Link, Text string }

type fact struct{ Name, Value string }

type laneRow struct {
	Name, Waiting, Delayed, HandedOver, Slots, Running, Done, Failed, Wait string
}

type blockRow struct {
	Name, Version, Engine, State, Kind, Why, Calls, Errors, P50, P99, Fuel string
}

// unheardRow is a block that could not take in events.
type unheardRow struct {
	Type, Usage, State, Failure string
	At                          *instant
}

type mishapRow struct {
	operator.Mishap
	At *instant
	// Again says how often, "" for once.
	Again string
}

type choreRow struct {
	Name, Every, Trouble string
	Last                 *instant
	Took                 string
}

// countedUpToForOperators bounds what is counted for the page, and how many courses are asked.
const countedUpToForOperators, coursesAsked = 10_000, 200

// When the operator is told: answers that waited so long, backups of that age, so little room.
const (
	lateAfter    = time.Minute
	backupsOld   = 48 * time.Hour
	littleRoom   = 2 << 30
	operatorWait = 5 * time.Second
)

func (r *request) operate() error {
	ctx, cancel := context.WithTimeout(r.ctx(), operatorWait)
	defer cancel()
	body := &operateBody{At: r.instant(r.now())}
	report := operator.Report{StoreBytes: -1, FreeBytes: -1, Mail: operator.MailNone}
	if r.server.config.Report != nil {
		report = r.server.config.Report(ctx)
	}
	r.lanes(body, report)
	if err := r.answersWaiting(ctx, body); err != nil {
		return err
	}
	r.operatedBlocks(body)
	if err := r.unheard(ctx, body); err != nil {
		return err
	}
	r.mishaps(body)
	r.chores(body, report)
	r.facts(body, report)
	r.siteAlerts(body, report)
	return r.show("admin.html", page{Title: r.words.T("admin.title"), Body: body})
}

// alarm adds an alert; name chooses the words, of what is wrong and of what to do.
func (r *request) alarm(body *operateBody, kind, name string, args ...any) {
	body.Alerts = append(body.Alerts, alert{kind, r.words.T("admin_wrong."+name, args...), r.words.T("admin_mend." + name)})
}

func (r *request) lanes(body *operateBody, report operator.Report) {
	w, slots := r.words, 0
	for _, l := range report.Lanes {
		slots += l.Slots
		row := laneRow{
			Name: w.T("admin_lane." + l.Name), Waiting: w.Number(int64(l.Waiting)), Delayed: w.Number(int64(l.Delayed)),
			HandedOver: w.Number(int64(l.HandedOver)), Slots: w.Number(int64(l.Slots)), Running: w.Number(int64(l.Running)),
			Done: w.Number(int64(l.Done)), Failed: w.Number(int64(l.Dropped + l.Archived)),
		}
		if l.Wait99 > 0 {
			row.Wait = w.T("admin.half_and_most", w.Span(l.Wait50), w.Span(l.Wait99))
		}
		body.Lanes = append(body.Lanes, row)
	}
	switch {
	case report.LanesTrouble != "":
		r.alarm(body, "bad", "queue", report.LanesTrouble)
	case len(report.Lanes) > 0 && slots == 0:
		r.alarm(body, "bad", "workers")
	}
}

func (r *request) answersWaiting(ctx context.Context, body *operateBody) error {
	scorer := r.kernel().Scorer()
	queued, err := scorer.Queued(ctx, countedUpToForOperators)
	if err != nil {
		return err
	}
	body.Waiting = r.words.T("staff.waiting", queued.Waiting)
	if queued.Waiting == 0 {
		body.Waiting = r.words.T("staff.nothing_waits")
	} else if age := r.now().Sub(queued.Oldest); age >= 0 {
		body.Oldest = r.words.T("admin.oldest", r.words.Span(age))
		if age > lateAfter {
			r.alarm(body, "warn", "late", r.words.Span(age))
		}
	}
	runs, _, err := r.site().Courses.Runs(ctx, "", coursesAsked)
	if err != nil {
		return err
	}
	for _, run := range runs {
		n, err := scorer.GivenUp(ctx, run.Key, countedUpToForOperators)
		if err != nil {
			return err
		}
		if n > 0 {
			body.GivenUp = append(body.GivenUp, givenUp{run.Title, "/courses/" + run.Key + "/staff", r.words.T("staff.failed", n)})
		}
	}
	if len(body.GivenUp) > 0 {
		r.alarm(body, "bad", "given_up")
	}
	return nil
}

// listenersShown bounds the listeners that the page names.
const listenersShown = 20

// unheard names the blocks that could not take in events which they subscribed to.
func (r *request) unheard(ctx context.Context, body *operateBody) error {
	list, err := r.site().Listening.Troubled(ctx, listenersShown)
	if err != nil {
		return err
	}
	for i := range list {
		l := &list[i]
		row := unheardRow{Type: l.Type, Usage: l.Usage, At: r.instant(*l.Trouble), Failure: l.Failure, State: r.words.T("admin.unheard_again")}
		if n := len(l.Skipped); n > 0 && l.Failure == "" {
			last := l.Skipped[n-1]
			row.State, row.Failure, row.At = r.words.T("admin.unheard_skipped", last.Events, last.First), last.Failure, r.instant(last.At)
			r.alarm(body, "warn", "unheard", l.Type)
		}
		body.Unheard = append(body.Unheard, row)
	}
	return nil
}

// called sums a block's calls over operations and codes.
type called struct {
	calls, errors, fuel int64
	took                []uint64
}

func (r *request) operatedBlocks(body *operateBody) {
	w := r.words
	sums := map[string]*called{}
	for _, c := range r.kernel().Stats().Calls {
		sum := sums[c.Block]
		if sum == nil {
			sum = &called{took: make([]uint64, len(c.Took))}
			sums[c.Block] = sum
		}
		sum.calls += c.Calls
		sum.fuel += c.Fuel
		if c.Code != "" {
			sum.errors += c.Calls
		}
		for i, n := range c.Took {
			sum.took[i] += n
		}
	}
	for _, status := range r.kernel().Blocks() {
		row := blockRow{Name: status.Name, State: w.T("admin.idle"), Calls: w.Number(0), Errors: w.Number(0)}
		if status.Version != nil {
			row.Version, row.Engine = status.Version.Manifest.Version, status.Version.Manifest.Engine
		}
		switch {
		case status.Off != "":
			row.State, row.Kind, row.Why = w.T("admin.off"), "warn", status.Off
		case status.Broken != "":
			row.State, row.Kind, row.Why = w.T("admin.broken"), "bad", status.Broken
			r.alarm(body, "bad", "block", status.Name)
		case status.Loaded:
			row.State, row.Kind = w.T("admin.loaded"), "good"
		}
		if sum := sums[status.Name]; sum != nil && sum.calls > 0 {
			row.Calls, row.Errors = w.Number(sum.calls), w.Number(sum.errors)
			row.P50, row.P99 = w.Span(operator.Quantile(0.5, sum.took, kernel.CallBound)), w.Span(operator.Quantile(0.99, sum.took, kernel.CallBound))
			if sum.fuel > 0 {
				row.Fuel = w.Number(sum.fuel / sum.calls)
			}
		}
		body.Blocks = append(body.Blocks, row)
	}
}

func (r *request) mishaps(body *operateBody) {
	if r.server.config.Mishaps == nil {
		return
	}
	for _, m := range r.server.config.Mishaps.List() {
		row := mishapRow{Mishap: m, At: r.instant(m.At)}
		if m.Times > 1 {
			row.Again = r.words.T("admin.times", m.Times)
		}
		body.Mishaps = append(body.Mishaps, row)
	}
}

func (r *request) chores(body *operateBody, report operator.Report) {
	for _, c := range report.Chores {
		row := choreRow{Name: c.Name, Every: r.words.Span(c.Every), Trouble: c.Trouble}
		if known := r.words.T("admin_chore." + choreKey(c.Name)); known != "admin_chore."+choreKey(c.Name) {
			row.Name = known
		}
		if !c.Last.IsZero() {
			row.Last, row.Took = r.instant(c.Last), r.words.Span(c.Took)
		}
		if c.Trouble != "" {
			r.alarm(body, "warn", "chore", row.Name)
		}
		body.Chores = append(body.Chores, row)
	}
}

// choreKey makes the end of a message's key of a chore's name.
func choreKey(name string) string {
	key := []byte(name)
	for i, c := range key {
		if c < 'a' || c > 'z' {
			key[i] = '_'
		}
	}
	return string(key)
}

func (r *request) facts(body *operateBody, report operator.Report) {
	w := r.words
	size := func(n int64) string {
		if n < 0 {
			return w.T("admin.unknown")
		}
		return w.Bytes(n)
	}
	backup := w.T("admin.unknown")
	if report.Backup != nil {
		backup = w.T("admin.backup_at", w.Time(report.Backup.At), w.Bytes(report.Backup.Bytes))
	}
	body.Site = []fact{
		{w.T("admin.address"), r.server.public.String()},
		{w.T("admin.mail"), w.T("admin_mail." + report.Mail)},
		{w.T("admin.store"), w.T("admin_store."+cmp.Or(report.Store, "sqlite"), size(report.StoreBytes))},
		{w.T("admin.backup"), backup},
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	resident, known := metric.ResidentBytes()
	if !known {
		resident = -1
	}
	used := r.site().Wasm.Usage()
	commit := report.Build.Commit
	if report.Build.Modified {
		commit = w.T("admin.modified", commit)
	}
	body.Process = []fact{
		{w.T("admin.version"), cmp.Or(report.Build.Version, w.T("admin.unknown"))},
		{w.T("admin.commit"), cmp.Or(commit, w.T("admin.unknown"))},
		{w.T("admin.role"), cmp.Or(report.Role, w.T("admin.unknown"))},
		{w.T("admin.uptime"), w.T("admin.unknown")},
		{w.T("admin.resident"), size(resident)},
		{w.T("admin.heap"), w.Bytes(int64(m.HeapInuse))},
		{w.T("admin.block_memory"), w.T("admin.of", w.Bytes(used.Memory), w.Bytes(used.Limit))},
		{w.T("admin.free"), size(report.FreeBytes)},
	}
	if !report.Started.IsZero() {
		body.Process[3].Value = w.Span(time.Since(report.Started))
	}
}

func (r *request) siteAlerts(body *operateBody, report operator.Report) {
	if report.FreeBytes >= 0 && report.FreeBytes < littleRoom {
		r.alarm(body, "bad", "disk", r.words.Bytes(report.FreeBytes))
	}
	if r.server.public.Scheme == "http" && !metric.IsLoopback(r.server.public.Hostname()) {
		r.alarm(body, "bad", "https")
	}
	if !r.server.config.Development {
		if report.Mail == operator.MailNone {
			r.alarm(body, "warn", "mail")
		}
		switch {
		case report.Store == "mongo": // mongodump leaves no trace here
		case report.Backup == nil:
			r.alarm(body, "warn", "no_backup")
		case r.now().Sub(report.Backup.At) > backupsOld:
			r.alarm(body, "warn", "old_backup", r.words.Span(r.now().Sub(report.Backup.At)))
		case report.Backup.Damaged > 0:
			r.alarm(body, "bad", "damaged", report.Backup.Damaged)
		}
	}
	slices.SortStableFunc(body.Alerts, func(a, b alert) int { return cmp.Compare(a.Kind, b.Kind) }) // bad before warn
}
