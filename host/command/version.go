package command

import (
	"context"
	"fmt"

	"github.com/quoin-lms/quoin/host/operator"
)

// version tells which program this is.
func version(_ context.Context, p *Parts, args []string) error {
	words, err := parse(newFlags(p, "version"), args)
	if err != nil {
		return err
	}
	if len(words) != 0 {
		return errUsage
	}
	_, err = fmt.Fprintln(p.Out, operator.ThisBuild())
	return err
}
