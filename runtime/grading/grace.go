package grading

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// MaxGrace bounds a grace period.
const MaxGrace = 100 * 365 * 24 * time.Hour

const maxGraceText = 200

// ErrGrace is wrapped by every error of [ParseGrace].
var ErrGrace = errors.New("not a grace period")

const graceFix = `write it as "2 days 5 hours 59 minutes 59 seconds", leaving out what is 0`

// One blank may stand between the parts, and each part once, in this order (Open edX: TIMEDELTA_REGEX).
var gracePattern = regexp.MustCompile(
	`^(?:([0-9]+) days?)?\s?(?:([0-9]+) hours?)?\s?(?:([0-9]+) minutes?)?\s?(?:([0-9]+) seconds?)?$`)

// ParseGrace reads graceperiod as course archives write it: "7200 seconds", "2 days 5 hours 59 minutes 59 seconds", "" for
// none. Where it fails, Open edX gives no grace; callers do the same and tell the author.
func ParseGrace(text string) (time.Duration, error) {
	if len(text) > maxGraceText {
		return 0, fmt.Errorf("reading graceperiod: %w: longer than %d bytes; %s", ErrGrace, maxGraceText, graceFix)
	}
	parts := gracePattern.FindStringSubmatch(text)
	if parts == nil {
		return 0, fmt.Errorf("reading graceperiod: %q: %w; %s", text, ErrGrace, graceFix)
	}
	var total time.Duration
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second} {
		if parts[i+1] == "" {
			continue
		}
		n, err := strconv.ParseInt(parts[i+1], 10, 64)
		if err != nil || n > int64((MaxGrace-total)/unit) {
			return 0, fmt.Errorf("reading graceperiod: %q: %w: more than %d days", text, ErrGrace, MaxGrace/(24*time.Hour))
		}
		total += time.Duration(n) * unit
	}
	return total, nil
}

// FormatGrace writes a grace period as Open edX exports it, in days and seconds: "1 days 3600 seconds", "7200 seconds", ""
// for none. Fractions of a second and negative periods have no text and are left out.
func FormatGrace(grace time.Duration) string {
	var parts []string
	seconds := int64(grace / time.Second)
	for _, part := range []struct {
		count int64
		unit  string
	}{{seconds / 86400, "days"}, {seconds % 86400, "seconds"}} {
		if part.count > 0 {
			parts = append(parts, strconv.FormatInt(part.count, 10)+" "+part.unit)
		}
	}
	return strings.Join(parts, " ")
}
