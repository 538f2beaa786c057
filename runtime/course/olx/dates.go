package olx

import (
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var isoDate = regexp.MustCompile(`^(\d{4})-?(\d{2})-?(\d{2})(?:(?:[T ]+)(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9})\d*)?)?)?\s*` +
	`(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$`)

// Date reads a moment: ISO 8601 in all that Open edX writes or has written, English dates such as "Feb 5, 2013 11:00 PM", a
// month/day/year, or, as a JSON number, milliseconds since 1970. Without a zone it is UTC, without a time midnight. A date
// without day, month or year is an error: Open edX takes the first two for no date, and the current year for the last.
func Date(text string) (value time.Time, set bool, err error) {
	switch decoded, ok := asJSON(text); decoded := decoded.(type) {
	case json.Number:
		milliseconds, err := decoded.Float64()
		if err != nil || math.Abs(milliseconds) > 253_402_300_799_000 {
			return time.Time{}, false, badValue(text, "date")
		}
		return time.UnixMilli(int64(milliseconds)).UTC(), true, nil
	case string:
		text = decoded
	case nil:
		if ok {
			return time.Time{}, false, nil
		}
	}
	trimmed := strings.TrimSpace(text)
	if trimmed == "" {
		return time.Time{}, false, nil
	}
	value, ok := parseISO(trimmed)
	if !ok {
		value, ok = parseEnglish(trimmed)
	}
	if !ok {
		return time.Time{}, false, badValue(text, "date: write it as 2030-01-31T09:00:00Z")
	}
	return value, true, nil
}

func parseISO(text string) (time.Time, bool) {
	parts := isoDate.FindStringSubmatch(text)
	if parts == nil {
		return time.Time{}, false
	}
	var n [6]int
	for i := range n {
		n[i], _ = strconv.Atoi("0" + parts[i+1]) // digits, at most four: cannot fail
	}
	nanoseconds := 0
	if fraction := parts[7]; fraction != "" {
		nanoseconds, _ = strconv.Atoi(fraction + strings.Repeat("0", 9-len(fraction))) // nine digits
	}
	zone, ok := parseZone(parts[8])
	if !ok {
		return time.Time{}, false
	}
	return moment(n, nanoseconds, zone)
}

// moment refuses what time.Date would carry over, such as the 30th of February.
func moment(n [6]int, nanoseconds int, zone *time.Location) (time.Time, bool) {
	at := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], nanoseconds, zone)
	ok := n[0] >= 1 && at.Year() == n[0] && int(at.Month()) == n[1] && at.Day() == n[2] && at.Hour() == n[3] && at.Minute() == n[4] &&
		at.Second() == n[5]
	return at, ok
}

func parseZone(text string) (*time.Location, bool) {
	switch strings.ToUpper(text) {
	case "", "Z", "UTC", "GMT":
		return time.UTC, true
	}
	digits := strings.ReplaceAll(text[1:], ":", "")
	if len(digits) != 2 && len(digits) != 4 {
		return nil, false
	}
	hours, err := strconv.Atoi(digits[:2])
	minutes := 0
	if err == nil && len(digits) == 4 {
		minutes, err = strconv.Atoi(digits[2:])
	}
	if err != nil || hours > 23 || minutes > 59 {
		return nil, false
	}
	seconds := (hours*60 + minutes) * 60
	if text[0] == '-' {
		seconds = -seconds
	}
	if seconds == 0 {
		return time.UTC, true
	}
	return time.FixedZone("", seconds), true
}

var (
	dateWord  = regexp.MustCompile(`[A-Za-z]{3,}\.?|[AaPp]\.?[Mm]\.?|[A-Za-z]+|\d{1,2}:\d{2}(?::\d{2})?|\d{1,2}/\d{1,2}/\d{4}|[+-]\d{2}:?\d{2}|\d+(?:st|nd|rd|th)?|\S`)
	monthName = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}
	dayName   = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
)

// english is a date that is being read word by word.
type english struct {
	n      [6]int
	timed  bool
	half   string // am or pm
	zone   *time.Location
	failed bool
}

// parseEnglish reads a month by name or a month/day/year, with a time and a zone or without, in any order.
func parseEnglish(text string) (time.Time, bool) {
	if len(text) > 64 {
		return time.Time{}, false
	}
	d := english{zone: time.UTC}
	for _, word := range dateWord.FindAllString(text, -1) {
		d.word(strings.ToLower(word))
	}
	if d.half != "" {
		d.failed = d.failed || !d.timed || d.n[3] < 1 || d.n[3] > 12
		d.n[3] %= 12
		if d.half == "pm" {
			d.n[3] += 12
		}
	}
	if d.failed || d.n[0] == 0 || d.n[1] == 0 || d.n[2] == 0 {
		return time.Time{}, false
	}
	return moment(d.n, 0, d.zone)
}

func (d *english) word(word string) {
	switch first := word[0]; {
	case word == "," || word == "at" || word == "of":
	case word == "am" || word == "pm" || word == "a.m." || word == "p.m." || word == "a.m" || word == "p.m":
		d.half = word[:1] + "m"
	case first == '+' || first == '-' || word == "utc" || word == "gmt" || word == "z":
		zone, ok := parseZone(word)
		d.zone, d.failed = zone, d.failed || !ok
	case len(word) > 1 && strings.Contains(word, ":"):
		d.clock(word)
	case len(word) > 1 && strings.Contains(word, "/"):
		parts := strings.Split(word, "/")
		d.set(1, parts[0])
		d.set(2, parts[1])
		d.set(0, parts[2])
	case '0' <= first && first <= '9':
		digits := strings.TrimRight(word, "stndrh")
		if len(digits) == 4 {
			d.set(0, digits)
		} else {
			d.set(2, digits)
		}
	default:
		d.name(strings.TrimSuffix(word, "."))
	}
}

func (d *english) clock(word string) {
	d.failed = d.failed || d.timed
	d.timed = true
	for i, part := range strings.Split(word, ":") {
		d.n[3+i], _ = strconv.Atoi(part) // two digits
	}
}

// set gives year (0), month (1) or day (2) its number, once.
func (d *english) set(index int, digits string) {
	number, err := strconv.Atoi(digits)
	d.failed = d.failed || err != nil || d.n[index] != 0 || number == 0
	d.n[index] = number
}

// name takes a month's or a weekday's name, whole or its first letters.
func (d *english) name(word string) {
	if len(word) >= 3 {
		for i, month := range monthName {
			if strings.HasPrefix(word, month) && strings.HasPrefix(fullMonth(i), strings.TrimSuffix(word, "t")) {
				d.set(1, strconv.Itoa(i+1))
				return
			}
		}
		for _, day := range dayName {
			if strings.HasPrefix(word, day) {
				return
			}
		}
	}
	d.failed = true
}

func fullMonth(index int) string { return strings.ToLower(time.Month(index + 1).String()) }
