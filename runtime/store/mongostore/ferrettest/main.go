// Command ferrettest runs FerretDB, which speaks MongoDB's protocol over SQLite, for the tests of package mongostore.
//
// It is a module and a process of its own, so that FerretDB's dependencies touch nobody else's and a test run with -race
// need not compile FerretDB with it. It prints its address, serves until its input ends, and is never shipped: concurrent
// updates lose data and queries use no index.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: ferrettest FOLDER")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "ferrettest:", err)
		os.Exit(1)
	}
}

func run(folder string) error {
	db, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: "127.0.0.1:0"},
		Handler:   "sqlite",
		SQLiteURL: "file:" + folder + "/?_pragma=synchronous(off)", // in memory it hangs
		Logger:    slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	})
	if err != nil {
		return fmt.Errorf("starting: %w", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- db.Run(ctx) }()
	if _, err := fmt.Println(db.MongoDBURI()); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	cancel()
	if runErr := <-done; runErr != nil {
		return fmt.Errorf("serving: %w", runErr)
	}
	return err
}
