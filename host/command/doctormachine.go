package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/quoin-lms/quoin/host/web"
)

// The examinations of what a site stands on.

func (e *examination) checkAssets() {
	switch err := e.assets(); {
	case errors.Is(err, web.ErrNotBuilt):
		e.wrong("web assets", err.Error(), "build quoin with make build: go build alone leaves scripts and styles out")
	case err != nil:
		e.wrong("web assets", err.Error(), "build quoin anew with make build")
	default:
		e.ok("web assets", "scripts and styles are in this binary")
	}
}

func (e *examination) checkFolder() bool {
	dir := e.settings.Data
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.wrong("data folder", "there is no folder "+dir, "name the site's with --data; quoin serve makes a new one")
		return false
	case err != nil:
		e.wrong("data folder", err.Error(), "run this as the user whom the server runs as")
		return false
	case !info.IsDir():
		e.wrong("data folder", dir+" is no folder", "name the site's with --data")
		return false
	}
	if err := e.settings.there(); err != nil {
		e.wrong("data folder", err.Error(), "quoin serve makes a new site in an empty folder")
		return false
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		e.wrong("data folder", fmt.Sprintf("others on this machine may look into %s (mode %04o): it holds the secret and everybody's work", dir, mode),
			"run chmod 700 "+dir)
	} else {
		e.ok("data folder", "%s, mode %04o", dir, mode)
	}
	probe, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		e.wrong("data folder", "nothing can be written: "+err.Error(), "give it to the user whom the server runs as, with chown")
		return true
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		e.wrong("data folder", err.Error(), "check the disk")
	}
	return true
}

func (e *examination) checkSecret() {
	if e.settings.Secret != "" {
		e.ok("secret", "it is in the configuration: keep it with your backups, which do not hold it")
		return
	}
	if e.settings.MongoURL != "" {
		e.wrong("secret", "a site on MongoDB has its secret in the configuration", "set QUOIN_SECRET, the same for every process")
		return
	}
	const lost = "restore the file from a backup: seeds and pseudonyms come from it, a new one loses everybody's work"
	path := filepath.Join(e.settings.Data, "secret")
	info, err := os.Stat(path)
	switch {
	case err != nil:
		e.wrong("secret", err.Error(), lost)
	case info.Size() < 32:
		e.wrong("secret", fmt.Sprintf("%s has %d bytes, 32 or more are needed", path, info.Size()), lost)
	case info.Mode().Perm()&0o077 != 0:
		e.wrong("secret", fmt.Sprintf("others may read %s (mode %04o)", path, info.Mode().Perm()), "run chmod 600 "+path)
	default:
		e.ok("secret", "%s", path)
	}
}

// Free space in bytes below which a site is in danger, or soon will be.
const (
	littleSpace = 2 << 30
	noSpace     = 256 << 20
)

func (e *examination) checkDisk() {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(e.settings.Data, &disk); err != nil {
		e.warn("free disk", err.Error(), "")
		return
	}
	e.judgeDisk(int64(disk.Bavail) * int64(disk.Bsize)) //nolint:unconvert // the types differ by system
}

func (e *examination) judgeDisk(free int64) {
	text := fmt.Sprintf("%.1f GB are free where %s is", float64(free)/1e9, e.settings.Data)
	const mend = "make room: without it nothing can be answered any more; a backup needs three times the store and the files"
	switch {
	case free < noSpace:
		e.wrong("free disk", text, mend)
	case free < littleSpace:
		e.warn("free disk", text, mend)
	default:
		e.ok("free disk", "%s", text)
	}
}

func (e *examination) checkQueue(ctx context.Context) {
	where := "inside the server's process"
	if e.settings.RedisURL != "" {
		where = "Redis"
	}
	const mend = "check --redis-url and whether Redis runs; answers wait in the store meanwhile"
	opened, err := e.parts.Background(ctx, BackgroundConfig{
		RedisURL: e.settings.RedisURL, Prefix: e.settings.Prefix, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		e.wrong("queue", err.Error(), mend)
		return
	}
	err = opened.Ping(ctx)
	if err = errors.Join(err, opened.Close()); err != nil {
		e.wrong("queue", where+": "+err.Error(), mend)
		return
	}
	e.ok("queue", "%s, answers", where)
}

// checkPublicURL looks at the address by which browsers come, and asks it.
func (e *examination) checkPublicURL(ctx context.Context) {
	const name = "public URL"
	if e.settings.PublicURL == "" {
		e.warn(name, "it is not set: forms work under http://"+e.settings.Listen+" alone", "give the address that browsers show with --public-url")
		return
	}
	public, err := url.Parse(e.settings.PublicURL)
	if err != nil || public.Host == "" || public.Scheme != "http" && public.Scheme != "https" {
		e.wrong(name, fmt.Sprintf("%q is none", e.settings.PublicURL), "it must look like https://learn.example.org")
		return
	}
	ip := net.ParseIP(public.Hostname())
	local := public.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if public.Scheme == "http" && !local {
		e.wrong(name, public.Redacted()+" has no https: passwords and sessions travel readable", "put a proxy with a certificate in front, and give its address")
	}
	if public.Scheme == "https" && len(e.settings.Proxies) == 0 {
		e.warn(name, "no proxy is named: everybody seems to come from one address, and limits on sign-ins hit all together",
			"name the proxy's address with --proxies")
	}
	if err := answers(ctx, public); err != nil {
		e.warn(name, fmt.Sprintf("%s was not reached from here: %v", public.Redacted(), err), "start the server; check the name, the proxy and the certificate")
		return
	}
	e.ok(name, "%s answers", public.Redacted())
}

// answers asks whether a Quoin is reached by an address.
func answers(ctx context.Context, public *url.URL) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(public.String(), "/")+"/healthz", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK || !strings.HasPrefix(response.Header.Get("Content-Type"), "application/json") {
		return fmt.Errorf("it answers %s, which is not Quoin's", response.Status)
	}
	return nil
}
