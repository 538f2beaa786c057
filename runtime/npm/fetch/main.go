// Command fetch brings what package npm embeds: it lets npm fetch the packages of the lockfile, which names each one's digest,
// runs none of their scripts, and copies the few files that are needed. `make web` runs it from the project's root. What is
// there already by the same lockfile is not fetched again, so a second build needs no network.
//
// Without npm the build goes on and the site shows formulas as their TeX source; where CI is set that is a failure.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/quoin-lms/quoin/runtime/npm"
)

const (
	home  = "runtime/npm"
	stamp = "lock.sha256"
)

func main() {
	switch err := fetchUntilInterrupted(); {
	case errors.Is(err, exec.ErrNotFound) && os.Getenv("CI") == "":
		fmt.Fprintln(os.Stderr, "npm is not installed: the build goes on, and the site will show formulas as their TeX source")
	case err != nil:
		fmt.Fprintln(os.Stderr, "fetching the parts from npm:", err)
		os.Exit(1)
	}
}

func fetchUntilInterrupted() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return fetch(ctx)
}

func fetch(ctx context.Context) error {
	lock, err := os.ReadFile(filepath.Join(home, "package-lock.json"))
	if err != nil {
		return err
	}
	sum := sha256.Sum256(lock)
	digest := hex.EncodeToString(sum[:])
	if complete(digest) {
		return nil
	}
	dir, err := os.MkdirTemp("", "npm-*")
	if err != nil {
		return err
	}
	return errors.Join(install(ctx, dir, digest), os.RemoveAll(dir))
}

// complete reports whether dist holds every file by this lockfile.
func complete(digest string) bool {
	written, err := os.ReadFile(filepath.Join(home, "dist", stamp))
	if err != nil || string(written) != digest {
		return false
	}
	for name := range npm.Files() {
		if _, err := os.Stat(filepath.Join(home, "dist", name)); err != nil {
			return false
		}
	}
	return true
}

// install fetches into a folder and copies from there.
func install(ctx context.Context, dir, digest string) error {
	for _, name := range []string{"package.json", "package-lock.json"} {
		if err := copyFile(filepath.Join(home, name), filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	command := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
	command.Dir = dir
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci: %w\n%s", err, out)
	}
	for name, source := range npm.Files() {
		bring := copyFile
		if strings.HasSuffix(name, ".wasm.gz") {
			bring = packModule
		}
		if err := bring(filepath.Join(dir, "node_modules", source), filepath.Join(home, "dist", name)); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(home, "dist", stamp), []byte(digest), 0o644)
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o644)
}
