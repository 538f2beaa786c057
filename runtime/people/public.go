package people

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/language"
)

// Visibility says who may see a person's profile page.
type Visibility string

// The visibilities. A profile is private until its owner wants it otherwise.
const (
	VisiblePrivate   Visibility = ""
	VisibleCourses   Visibility = "courses"   // people who are in a course with its owner
	VisibleEverybody Visibility = "everybody" // visitors too
)

// Public is what a person's profile page shows, to whom it may be shown.
type Public struct {
	Visibility Visibility
	// ShowName shows the name beside the user name.
	ShowName bool
	// Bio is plain text, at most 1000 characters.
	Bio string
	// Country is a region by its two letters (ISO 3166), "" for none.
	Country string
	// Languages are BCP 47 tags, at most 10.
	Languages []string
}

const (
	maxBio       = 1000
	maxLanguages = 10
	// profileAge is from which age on a profile may be shown to others.
	profileAge = 13
	// Marks that writers of right-to-left scripts need between words; they turn nothing around by themselves.
	leftMark, rightMark = '\u200e', '\u200f'
	// oldest is the earliest year of birth that is believed.
	oldest = 1900
)

type publicDoc struct {
	Visibility string   `bson:"visibility,omitempty"`
	ShowName   bool     `bson:"show_name,omitempty"`
	Bio        string   `bson:"bio,omitempty"`
	Country    string   `bson:"country,omitempty"`
	Languages  []string `bson:"languages,omitempty"`
}

func (d *publicDoc) public() Public {
	return Public{Visibility(d.Visibility), d.ShowName, d.Bio, d.Country, slices.Clone(d.Languages)}
}

// check brings a profile into its normal form and says what is wrong with it.
func (p *Public) check() Problems {
	var problems Problems
	p.Bio = strings.TrimSpace(strings.ReplaceAll(p.Bio, "\r\n", "\n"))
	switch {
	case !utf8.ValidString(p.Bio):
		problems.add(FieldBio, CodeEncoding, "this is not text")
	case utf8.RuneCountInString(p.Bio) > maxBio:
		problems.add(FieldBio, CodeLong, "use at most %d characters", maxBio)
	case strings.ContainsFunc(p.Bio, func(r rune) bool { return r != '\n' && r != leftMark && r != rightMark && unprintable(r) }):
		problems.add(FieldBio, CodeMarkup, "the text holds characters that cannot be seen")
	}
	if p.Country != "" {
		region, err := language.ParseRegion(p.Country)
		if err != nil || !region.IsCountry() {
			problems.add(FieldCountry, CodeUnknown, "%.10q is no country", p.Country)
		} else {
			p.Country = region.String()
		}
	}
	p.checkLanguages(&problems)
	switch p.Visibility {
	case VisiblePrivate, VisibleCourses, VisibleEverybody:
	default:
		problems.add(FieldVisibility, CodeUnknown, "a profile is private, for courses or for everybody")
	}
	return problems
}

func (p *Public) checkLanguages(problems *Problems) {
	var tags []string
	for _, name := range p.Languages {
		tag, err := language.Parse(name)
		if err != nil || len(name) > 35 {
			problems.add(FieldLanguages, CodeUnknown, "%.40q is no language", name)
			return
		}
		if !slices.Contains(tags, tag.String()) {
			tags = append(tags, tag.String())
		}
	}
	if len(tags) > maxLanguages {
		problems.add(FieldLanguages, CodeLong, "name at most %d languages", maxLanguages)
	}
	p.Languages = tags
}

// SetPublic changes what a person's profile page shows and to whom, or returns [Problems].
func (p *People) SetPublic(ctx context.Context, id string, public Public) (User, error) {
	if problems := public.check(); len(problems) > 0 {
		return User{}, problems
	}
	return p.update(ctx, "changing public profile", id, func(d *userDoc) (bool, error) {
		d.Public = publicDoc{string(public.Visibility), public.ShowName, public.Bio, public.Country, public.Languages}
		return true, nil
	})
}

// Shown is to whom the user's profile may be shown now: to nobody while he may be too young, whatever he chose.
func (u User) Shown(now time.Time) Visibility {
	if u.BirthYear != 0 && YoungestAge(u.BirthYear, now) < profileAge {
		return VisiblePrivate
	}
	return u.Public.Visibility
}

// YoungestAge is how old somebody is at least who was born in the year: his birthday may be still to come.
func YoungestAge(birthYear int, now time.Time) int { return now.UTC().Year() - birthYear - 1 }

// SetBirthYear records in which year a person was born, or returns [Problems].
func (p *People) SetBirthYear(ctx context.Context, id string, year int) (User, error) {
	if problems := p.checkBirthYear(year); len(problems) > 0 {
		return User{}, problems
	}
	return p.update(ctx, "setting year of birth", id, func(d *userDoc) (bool, error) {
		if d.BirthYear == year {
			return false, nil
		}
		d.BirthYear, d.BirthAt = year, p.now()
		return true, nil
	})
}

func (p *People) checkBirthYear(year int) Problems {
	var problems Problems
	if year < oldest || year > p.now().Year() {
		problems.add(FieldBirthYear, CodeMalformed, "enter the year with four digits")
	}
	return problems
}

// Together reports whether two users are in a course together now.
func (p *People) Together(ctx context.Context, a, b string) (bool, error) {
	mine, err := p.Runs(ctx, a)
	if err != nil {
		return false, err
	}
	theirs, err := p.Runs(ctx, b)
	if err != nil {
		return false, err
	}
	in := map[string]bool{}
	for _, m := range mine {
		in[m.Run] = m.Enrolled || len(m.Roles) > 0
	}
	for _, m := range theirs {
		if in[m.Run] && (m.Enrolled || len(m.Roles) > 0) {
			return true, nil
		}
	}
	return false, nil
}
