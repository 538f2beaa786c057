package host_test

import (
	"slices"
	"strings"
	"testing"
)

// A course whose team shows its page to who has the address alone is found by no list, search, count or filter.
func TestAttackCatalogueKeepsWhatIsForTheLinkAlone(t *testing.T) {
	w := newWorld(t, options{})
	w.offered("Alpha", "PHY1", begun+`display_name="Physics"`, nil)
	quiet := w.offered("Quietorg", "QUI1", begun+`display_name="Quiet course" language="fr" catalog_visibility="about"`, nil)
	for who, b := range map[string]*browser{"a visitor": w.visitor(), "somebody": w.member("nils", quiet)} {
		for _, query := range []string{"", "?q=quiet", "?q=qui1", "?language=fr", "?sort=newest"} {
			if p := b.get("/courses" + query).must(200); containsAny(p.body, "Quiet course", "Quietorg", "QUI1") {
				t.Errorf("%s finds it by %s", who, query)
			}
		}
		b.get("/").must(200).without("Quiet course")
		b.get("/courses/"+quiet.String()+"/about").must(200, "Quiet course")
	}
	w.member("ann", quiet, "").get("/courses").must(200, "Quiet course")
}

func containsAny(text string, words ...string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(text, word) })
}
