// Command build bundles the web assets into host/web/dist; `make web` runs it from the project's root.
package main

import (
	"fmt"
	"os"

	"github.com/quoin-lms/quoin/host/web"
)

func main() {
	assets, err := web.Bundle()
	if err == nil {
		err = assets.Write("host/web/dist")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
