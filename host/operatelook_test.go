package host_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/quoin-lms/quoin/host"
)

// The operator's page passes axe-core, is no wider than the window, keeps what is open when it refreshes, and a demo account is
// one press away on a development site.
func TestOperatorsPageInBrowser(t *testing.T) {
	source := axe(t)
	w := newWorld(t, options{unlimited: true, config: func(c *host.Config) {
		withOperator(c)
		c.Development, c.Demo = true, []host.Demo{{Username: "ada", Password: password, Role: "site administrator"}}
	}})
	w.administrator("ada")
	b := w.newTab(t)
	b.open("/signin")
	b.visible(`button[data-demo="ada"]`)
	b.check(source, "sign-in with demo accounts")
	b.click(`button[data-demo="ada"]`)
	b.visible(`a[href="/admin"]`)
	pictures := os.Getenv("QUOIN_SCREENSHOTS")
	for _, l := range []look{{1280, "light", "en"}, {390, "dark", "ar"}, {320, "light", "en"}} {
		b.open("/nowhere?lang=" + l.language)
		b.like(l.width, l.scheme)
		b.open("/admin")
		b.visible("[data-live-toggle]")
		b.click("#op-alerts summary")
		b.check(source, fmt.Sprintf("the operator's page at %d px, %s, %s", l.width, l.scheme, l.language))
		if pictures != "" {
			b.picture(filepath.Join(pictures, fmt.Sprintf("admin-%d-%s-%s.png", l.width, l.scheme, l.language)))
		}
	}
}
