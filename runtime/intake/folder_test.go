package intake_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/quoin-lms/quoin/runtime/intake"
)

func TestFolderRefuses(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	writeFile(t, secret, "not the course's")
	tests := map[string]struct {
		build  func(folder string) error
		limits intake.Limits
		code   intake.Code
		file   string
	}{
		"link to a file outside": {
			build: func(folder string) error { return os.Symlink(secret, filepath.Join(folder, "static", "l")) },
			code:  intake.CodeLink, file: "static/l",
		},
		"link to a folder outside": {
			build: func(folder string) error { return os.Symlink(filepath.Dir(secret), filepath.Join(folder, "l")) },
			code:  intake.CodeLink, file: "l",
		},
		"link inside": {
			build: func(folder string) error { return os.Symlink("course.xml", filepath.Join(folder, "l")) },
			code:  intake.CodeLink, file: "l",
		},
		"link that leads nowhere": {
			build: func(folder string) error { return os.Symlink("absent", filepath.Join(folder, "l")) },
			code:  intake.CodeLink, file: "l",
		},
		"pipe": {
			build: func(folder string) error { return syscall.Mkfifo(filepath.Join(folder, "p"), 0o600) },
			code:  intake.CodeSpecial, file: "p",
		},
		"name": {
			build: func(folder string) error { return os.WriteFile(filepath.Join(folder, "a\nb"), nil, 0o600) },
			code:  intake.CodePath, file: "a\nb",
		},
		"nesting": {
			build:  func(folder string) error { return os.MkdirAll(filepath.Join(folder, "a/b/c/d"), 0o700) },
			limits: intake.Limits{Depth: 3},
			code:   intake.CodeDepth, file: "a/b/c",
		},
		"too many": {
			build: func(folder string) error {
				for i := range 20 {
					if err := os.WriteFile(filepath.Join(folder, fmt.Sprint(i)), nil, 0o600); err != nil {
						return err
					}
				}
				return nil
			},
			limits: intake.Limits{Files: 10},
			code:   intake.CodeTooMany,
		},
		"too large": {
			build:  func(folder string) error { return os.Truncate(filepath.Join(folder, "course.xml"), 100) },
			limits: intake.Limits{FileBytes: 99},
			code:   intake.CodeTooLarge, file: "course.xml",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			writeFile(t, filepath.Join(folder, "course.xml"), "<course/>")
			writeFile(t, filepath.Join(folder, "static", "x"), "x")
			if err := test.build(folder); err != nil {
				t.Skipf("this file system cannot hold it: %v", err)
			}
			spool := t.TempDir()
			_, err := intake.OpenFolder(context.Background(), folder, intake.Options{Limits: test.limits, TempDir: spool})
			var refusal *intake.Error
			if !errors.As(err, &refusal) || refusal.Code != test.code || refusal.File != test.file {
				t.Errorf("got %v, want %s of %q", err, test.code, test.file)
			}
			if left, err := os.ReadDir(spool); err != nil || len(left) > 0 {
				t.Errorf("left in the spool folder: %v, %v", left, err)
			}
		})
	}
}

func TestFolderMayBeReachedThroughALink(t *testing.T) {
	folder := t.TempDir()
	writeFile(t, filepath.Join(folder, "real", "course.xml"), "<course/>")
	link := filepath.Join(folder, "link")
	if err := os.Symlink("real", link); err != nil {
		t.Skipf("no links here: %v", err)
	}
	files, err := intake.Open(context.Background(), link, intake.Options{TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	same(t, contents(t, files), map[string]string{"course.xml": "<course/>"})
}

// What was read stays what it was, whatever happens to the folder afterwards.
func TestFolderIsASnapshot(t *testing.T) {
	folder, large := t.TempDir(), strings.Repeat("x", 1<<20)
	writeFile(t, filepath.Join(folder, "small"), "small")
	writeFile(t, filepath.Join(folder, "large"), large)
	files, err := intake.Open(context.Background(), folder, intake.Options{TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	same(t, contents(t, files), map[string]string{"small": "small", "large": large})
}

func TestFolderThatIsAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	writeFile(t, path, "x")
	if _, err := intake.OpenFolder(context.Background(), path, intake.Options{}); intake.CodeOf(err) != intake.CodeIO {
		t.Errorf("got %v, want %s", err, intake.CodeIO)
	}
}
