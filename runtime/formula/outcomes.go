package formula

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/sanitize"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// outcomes typesets what is not remembered. The error says that nothing can be typeset now.
func (t *Typesetter) outcomes(ctx context.Context, found []source) (map[source]outcome, error) {
	known := make(map[source]outcome, len(found))
	var missing []source
	for _, f := range found {
		switch o, ok := t.formulas.GetIfPresent(f); {
		case ok:
			known[f] = o
		case len(f.tex) > MaxTeX:
			known[f] = outcome{reason: fmt.Sprintf("it has more than %d bytes", MaxTeX)}
		case !utf8.ValidString(f.tex):
			known[f] = outcome{reason: "its characters are damaged"}
		default:
			missing = append(missing, f)
		}
	}
	if len(missing) == 0 {
		return known, nil
	}
	conn, err := t.started(ctx)
	if err != nil {
		return nil, err
	}
	spent := int64(0)
	for queue := batches(missing); len(queue) > 0; {
		batch := queue[0]
		queue = queue[1:]
		if spent > most {
			for _, f := range batch {
				known[f] = outcome{reason: "the formulas of this text take too long"}
			}
			continue
		}
		results, used, err := typesetBatch(ctx, conn, batch)
		spent += used
		switch {
		case err == nil:
		case !blamed(err):
			return nil, err
		case len(batch) > 1: // one of them is to blame: each alone
			queue = append(slices.Collect(slices.Chunk(batch, 1)), queue...)
			continue
		default:
			results = []outcome{{reason: "it takes too long"}}
		}
		for n, f := range batch {
			known[f] = results[n]
			t.formulas.Set(f, results[n])
		}
	}
	return known, nil
}

// batches cuts a list into what the sandbox is given at once.
func batches(all []source) [][]source {
	var cut [][]source
	for len(all) > 0 {
		n, size := 0, 0
		for n < len(all) && n < maxBatch && (n == 0 || size+len(all[n].tex) <= maxBatchTeX) {
			size += len(all[n].tex)
			n++
		}
		cut = append(cut, all[:n:n])
		all = all[n:]
	}
	return cut
}

// blamed reports whether a failure is the doing of the formulas, so that it would happen again.
func blamed(err error) bool {
	var failure *wire.Error
	return errors.As(err, &failure) && slices.Contains([]wire.Code{
		wire.CodeFuel, wire.CodeMemory, wire.CodeTrap, wire.CodeTooLarge, wire.CodeBadReply,
	}, failure.Code)
}

// typesetBatch typesets some formulas in the sandbox and says how much fuel that took.
func typesetBatch(ctx context.Context, conn engine.Conn, formulas []source) ([]outcome, int64, error) {
	asked := make([][3]any, len(formulas))
	lists := [][]string{}
	known := map[string]int{}
	for n, f := range formulas {
		list, ok := known[f.definitions]
		if !ok {
			list = len(lists)
			known[f.definitions] = list
			lists = append(lists, strings.FieldsFunc(f.definitions, func(r rune) bool { return r == 0 }))
		}
		asked[n] = [3]any{f.tex, f.display, list}
	}
	frame, err := json.Marshal(map[string]any{"definitions": lists, "formulas": asked})
	if err != nil {
		return nil, 0, err
	}
	call := engine.Call{Frame: frame}
	if len(formulas) == 1 {
		call.Fuel = alone
	}
	result, err := conn.Call(ctx, call)
	if err != nil {
		return nil, result.Fuel, err
	}
	var replies []struct{ Math, Error string }
	if err := json.Unmarshal(result.Frame, &replies); err != nil || len(replies) != len(formulas) {
		return nil, result.Fuel, wire.Errorf(wire.CodeBadReply, wire.BlameHost, "%d formulas gave %d replies: %v", len(formulas), len(replies), err)
	}
	outcomes := make([]outcome, len(formulas))
	for n, reply := range replies {
		outcomes[n] = outcome{reason: strings.TrimSpace(reply.Error)}
		if reply.Math != "" {
			outcomes[n] = sanitised(reply.Math)
		}
	}
	return outcomes, result.Fuel, nil
}

// ours makes rules have the text's colour, in the dark too, and leaves the display of a formula to our style. Quotes stand in
// tags alone: in text they are written as references.
var ours = strings.NewReplacer(`mathbackground="black"`, `mathbackground="currentcolor"`, ` style="display:block math;"`, "")

// maxMath bounds the markup of one formula, in bytes.
const maxMath = 256 << 10

// sanitised lets a formula's markup through as far as the one allow-list does (security R20). What is lost are shifts by
// negative lengths and the like; a formula that is none afterwards is shown as its source.
func sanitised(math string) outcome {
	if len(math) > maxMath {
		return outcome{reason: "it becomes too large"}
	}
	clean, _ := sanitize.Clean(sanitize.Author, ours.Replace(math))
	if !strings.HasPrefix(clean, "<math") || !strings.HasSuffix(clean, "</math>") {
		return outcome{reason: "it is not allowed"}
	}
	return outcome{math: clean}
}
