package acid

import (
	"testing"

	"github.com/quoin-lms/quoin/sdk/blocktest"
)

func TestBlock(t *testing.T) { blocktest.Conformance(t, Block()) }

// Every row is checked by somebody, and nothing is checked that has no row.
func TestEveryRowIsChecked(t *testing.T) {
	all := map[string]bool{}
	for page, groups := range rows {
		checks := map[string]map[string][]step{"acid": checks, "question": questionChecks}[page]
		for _, group := range groups {
			for _, row := range group.Rows {
				all[row.ID] = true
				if steps := checks[row.ID]; (len(steps) > 0) != (row.By == "server") {
					t.Errorf("%s is checked by %s, and the block has %d steps for it", row.ID, row.By, len(steps))
				}
			}
		}
		for id := range checks {
			if !all[id] {
				t.Errorf("%s is checked and has no row", id)
			}
		}
	}
}
