package host

import (
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/text/language"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/people"
)

// profileRoutes are what people show of themselves to others.
func profileRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/people/:person", Who: Anyone, Kind: Page, Handle: (*request).profilePage},
		{Method: "POST", Path: "/account/public", Who: SignedIn, Kind: Page, Handle: (*request).savePublic},
	}
}

// profileBody is a person's page. It holds nothing that its owner did not choose to show.
type profileBody struct {
	Username, Name, Bio, Country string
	Languages                    []string
	// Mine says that the reader looks at his own; Seen says who else sees it.
	Mine bool
	Seen string
}

// profilePage shows a person to those who may see him. To others there is no such page, whether there is such a person or
// not.
func (r *request) profilePage() error {
	name := r.param("person")
	if strings.Contains(name, "@") { // nobody is found by his address
		return errNotFound
	}
	user, err := r.site().People.FindUser(r.ctx(), name)
	if errors.Is(err, people.ErrNotFound) || err == nil && user.Disabled {
		return errNotFound
	}
	if err != nil {
		return err
	}
	shown, mine := user.Shown(r.now()), r.user != nil && r.user.ID == user.ID
	if !mine {
		if ok, err := r.maySee(&user, shown); err != nil {
			return err
		} else if !ok {
			return errNotFound
		}
	}
	body := &profileBody{Username: user.Username, Bio: user.Public.Bio, Country: r.words.RegionName(user.Public.Country), Mine: mine}
	if user.Public.ShowName {
		body.Name = user.Name
	}
	for _, tag := range user.Public.Languages {
		body.Languages = append(body.Languages, r.words.LanguageName(tag))
	}
	if mine {
		body.Seen = r.words.T("profile.seen_" + visibilityWord(shown))
		if shown != user.Public.Visibility {
			body.Seen = r.words.T("profile.seen_young")
		}
	}
	return r.show("profile.html", page{Title: user.Username, Body: body})
}

// maySee reports whether the reader may see somebody else's page.
func (r *request) maySee(user *people.User, shown people.Visibility) (bool, error) {
	switch {
	case shown == people.VisibleEverybody:
		return true, nil
	case shown == people.VisibleCourses && r.user != nil:
		return r.site().People.Together(r.ctx(), r.user.ID, user.ID)
	}
	return false, nil
}

func visibilityWord(v people.Visibility) string {
	if v == people.VisiblePrivate {
		return "private"
	}
	return string(v)
}

// publicPart is the form of the account page.
type publicPart struct {
	Visibility, Countries []choice
	ShowName              bool
	Bio, BioError         string
	Languages             inputPart
	// Link is the page's address. Young says that it is private whatever is chosen.
	Link  string
	Young bool
}

// publicForm shows what is stored, or what was sent with a mistake in it.
func (r *request) publicForm(form *accountForm) *publicPart {
	public := r.user.Public
	if form.public != nil {
		public = *form.public
	}
	part := &publicPart{
		ShowName: public.ShowName, Bio: public.Bio, BioError: form.errors["bio"], Link: "/people/" + r.user.Username,
		Young: public.Visibility != people.VisiblePrivate && r.user.Shown(r.now()) == people.VisiblePrivate && form.public == nil,
	}
	for _, v := range []people.Visibility{people.VisiblePrivate, people.VisibleCourses, people.VisibleEverybody} {
		part.Visibility = append(part.Visibility, choice{string(v), r.words.T("profile.visible_" + visibilityWord(v)), v == public.Visibility})
	}
	part.Countries = r.countries(public.Country)
	part.Languages = inputPart{
		Name: "languages", Type: "text", Value: strings.Join(public.Languages, ", "), Complete: "off", Error: form.errors["languages"],
		Label: r.words.T("profile.languages"), Help: r.words.T("profile.languages_help"),
	}
	return part
}

// countryCodes are the two letters of every country that there is now.
var countryCodes = sync.OnceValue(func() []string {
	var codes []string
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string([]rune{a, b})
			if region, err := language.ParseRegion(code); err == nil && region.IsCountry() && region.Canonicalize().String() == code {
				codes = append(codes, code)
			}
		}
	}
	return codes
})

// countries lists them by the reader's names for them.
func (r *request) countries(chosen string) []choice {
	var list []choice
	for _, code := range countryCodes() {
		if name := r.words.RegionName(code); name != "" {
			list = append(list, choice{code, name, code == chosen})
		}
	}
	slices.SortFunc(list, func(a, b choice) int { return strings.Compare(course.Fold(a.Text), course.Fold(b.Text)) })
	return slices.Insert(list, 0, choice{"", r.words.T("profile.no_country"), chosen == ""})
}

func (r *request) savePublic() error {
	public := people.Public{
		Visibility: people.Visibility(clip(r.form("visibility"), 20)), ShowName: r.form("show_name") != "", Bio: clip(r.form("bio"), 8000),
		Country: clip(r.form("country"), 10),
	}
	for name := range strings.FieldsFuncSeq(clip(r.form("languages"), 1000), func(c rune) bool { return c == ',' || c == '،' || c == ';' }) {
		if name = strings.TrimSpace(name); name != "" {
			public.Languages = append(public.Languages, name)
		}
	}
	_, err := r.site().People.SetPublic(r.ctx(), r.user.ID, public)
	if found := r.problemsOf(err, nil); found != nil {
		return r.showAccount(&accountForm{public: &public, errors: found, status: fiber.StatusUnprocessableEntity})
	}
	if err != nil {
		return err
	}
	return r.saved("public")
}
