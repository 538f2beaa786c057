package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/quoin-lms/quoin/host/operator"
)

// Operated is a Background that can tell an operator how its queue and its chores go.
type Operated interface {
	// Lanes tells how the lanes stand. With an error what this process counts by itself is there all the same.
	Lanes(ctx context.Context) ([]operator.Lane, error)
	Chores() []operator.Chore
}

// report gathers what the operator's page shows.
func (s *server) report(ctx context.Context) operator.Report {
	report := operator.Report{
		Role: string(s.role()), Started: s.started, Shared: s.settings.RedisURL != "", Mail: s.settings.mailState(), Store: "sqlite",
		StoreBytes: storeBytes(s.settings.Data), FreeBytes: freeBytes(s.settings.Data), Build: operator.ThisBuild(),
	}
	if s.settings.MongoURL != "" {
		report.Store, report.StoreBytes = "mongo", -1
	}
	if operated, ok := s.background.(Operated); ok {
		var err error
		if report.Lanes, err = operated.Lanes(ctx); err != nil {
			report.LanesTrouble = err.Error()
		}
		report.Chores = operated.Chores()
	}
	backup, err := lastBackup(s.settings.Data)
	if err != nil {
		s.log.WarnContext(ctx, "it cannot be read when the last backup was made", "error", err)
	}
	report.Backup = backup
	return report
}

func (s *settings) mailState() string {
	switch {
	case s.SMTPURL != "":
		return operator.MailServer
	case s.Development:
		return operator.MailKept
	}
	return operator.MailNone
}

// storeBytes is the embedded store's size with its journal, -1 where it is unknown.
func storeBytes(data string) int64 {
	total := int64(0)
	for _, suffix := range []string{"", "-wal"} {
		info, err := os.Stat(storeFile(data) + suffix)
		switch {
		case err == nil:
			total += info.Size()
		case suffix == "" || !errors.Is(err, fs.ErrNotExist):
			return -1
		}
	}
	return total
}

// freeBytes is what is free where a folder is, -1 where it is unknown.
func freeBytes(dir string) int64 {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		return -1
	}
	return int64(disk.Bavail) * int64(disk.Bsize) //nolint:unconvert // the types differ by system
}

// backupFile remembers in the data folder when it was backed up last. It is no part of a backup.
const backupFile = "last-backup.json"

func noteBackup(data, archive string, damaged int) error {
	info, err := os.Stat(archive)
	if err != nil {
		return err
	}
	text, err := json.Marshal(operator.Backup{At: time.Now().UTC().Truncate(time.Second), Bytes: info.Size(), Damaged: damaged})
	if err == nil {
		err = os.WriteFile(filepath.Join(data, backupFile), text, 0o600)
	}
	if err != nil {
		return fmt.Errorf("noting that a backup was made: %w", err)
	}
	return nil
}

// lastBackup gives nil where none is known.
func lastBackup(data string) (*operator.Backup, error) {
	text, err := os.ReadFile(filepath.Join(data, backupFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	backup := &operator.Backup{}
	if err := json.Unmarshal(text, backup); err != nil {
		return nil, fmt.Errorf("reading %s: %w", backupFile, err)
	}
	return backup, nil
}
