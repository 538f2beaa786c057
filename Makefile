# Everything a developer runs. `make run` and `make test` are the two that a newcomer needs.
GO ?= go
BIN := bin/quoin

.PHONY: run test race build web blocks bench lint fmt fuzz clean

# The platform with the sample course, on this machine alone, everything embedded; state lives in .data.
run: build
	$(BIN) serve --development --data .data --blocks blocks --blocks examples/blocks --sample examples/course

# One file that carries every shipped block compiled and the web assets.
build: web blocks
	$(GO) build -trimpath -o $(BIN) .

# The browser's scripts and styles, bundled by esbuild's Go library, and what the server runs of npm's packages.
web:
	$(GO) run ./runtime/npm/fetch
	$(GO) run ./host/web/build

# The shipped blocks, compiled to WebAssembly and compressed.
blocks:
	$(GO) run . block build --out blocks/dist blocks

# The browser tests of one package take longer than the go command waits by itself.
test: web blocks
	$(GO) test -timeout 60m ./...

race: web blocks
	$(GO) test -timeout 120m -race ./...

bench: build
	$(GO) run ./examples/bench

lint:
	golangci-lint run ./...

fmt:
	gofumpt -w .

clean:
	rm -rf bin .data blocks/dist/* host/web/dist/* runtime/npm/dist/*
	git checkout -- blocks/dist/README host/web/dist/README runtime/npm/dist/README
