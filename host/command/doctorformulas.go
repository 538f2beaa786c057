package command

import (
	"context"
	"errors"

	"github.com/quoin-lms/quoin/runtime/npm"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// checkFormulas starts what typesets formulas, as the first page with one would. A site without it works.
func (e *examination) checkFormulas(ctx context.Context) {
	e.judgeFormulas(e.site.Formulas.Start(ctx))
}

func (e *examination) judgeFormulas(err error) {
	switch {
	case errors.Is(err, npm.ErrNotBuilt):
		e.warn("formulas", "pages show their TeX source: "+err.Error(), "install npm and build quoin with make build")
	case err != nil:
		e.wrong("formulas", "pages show their TeX source: "+err.Error(), "give blocks more memory with --block-memory, or build quoin anew with make build")
	default:
		e.ok("formulas", "TeX is typeset")
	}
}

// checkPython starts what runs authors' scripts, as the first problem with one would. A site without it works.
func (e *examination) checkPython(ctx context.Context) {
	e.judgePython(e.site.Scripts[wire.LanguagePython].Start(ctx))
}

func (e *examination) judgePython(err error) {
	switch {
	case errors.Is(err, npm.ErrNotBuilt):
		e.warn("python", "problems with scripts cannot be shown: "+err.Error(), "install npm and build quoin with make build")
	case err != nil:
		e.wrong("python", "problems with scripts cannot be shown: "+err.Error(), "give blocks more memory with --block-memory, or build quoin anew with make build")
	default:
		e.ok("python", "scripts in problems run")
	}
}
