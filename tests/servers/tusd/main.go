// A tusd server for tests: the published handler, filestore and filelocker, with the few
// settings a test needs to provoke what a client must survive.
package main

import (
	"flag"
	"log"
	"net/http"
	"strings"
	"time"

	"github.com/tus/tusd/v2/pkg/filelocker"
	"github.com/tus/tusd/v2/pkg/filestore"
	"github.com/tus/tusd/v2/pkg/handler"
)

type settings struct {
	addr           string
	dir            string
	basePath       string
	maxSize        int64
	networkTimeout time.Duration
	rejectFinished int
}

func main() {
	given := parse()
	uploads, err := newHandler(given)
	if err != nil {
		log.Fatalf("cannot set up tusd: %s", err)
	}
	log.Fatal(newServer(given, uploads).ListenAndServe())
}

func parse() settings {
	var given settings
	flag.StringVar(&given.addr, "addr", "127.0.0.1:1080", "address to listen on")
	flag.StringVar(&given.dir, "dir", ".", "existing folder for the uploads and their locks")
	flag.StringVar(&given.basePath, "base-path", "/files/", "path the uploads live under")
	flag.Int64Var(&given.maxSize, "max-size", 0, "largest upload in bytes; 0: no limit")
	flag.DurationVar(&given.networkTimeout, "network-timeout", 60*time.Second,
		"longest wait for the next bytes of a body")
	flag.IntVar(&given.rejectFinished, "reject-finished", 0,
		"answer this status when an upload becomes complete, as a refusing hook does; 0: accept")
	flag.Parse()
	return given
}

func newHandler(given settings) (*handler.Handler, error) {
	composer := handler.NewStoreComposer()
	filestore.New(given.dir).UseIn(composer)
	filelocker.New(given.dir).UseIn(composer)
	return handler.NewHandler(handler.Config{
		StoreComposer:             composer,
		BasePath:                  given.basePath,
		MaxSize:                   given.maxSize,
		NetworkTimeout:            given.networkTimeout,
		PreFinishResponseCallback: refusal(given.rejectFinished),
	})
}

// refusal stands for a hook that looks at complete uploads and turns them down.
func refusal(status int) func(handler.HookEvent) (handler.HTTPResponse, error) {
	if status == 0 {
		return nil
	}
	return func(handler.HookEvent) (handler.HTTPResponse, error) {
		return handler.HTTPResponse{}, handler.NewError("ERR_REFUSED", "refused by a hook", status)
	}
}

// newServer sets the two timeouts that tusd's own command sets; bodies are governed by the handler.
func newServer(given settings, uploads http.Handler) *http.Server {
	base := strings.TrimSuffix(given.basePath, "/")
	mux := http.NewServeMux()
	mux.Handle(base, http.StripPrefix(base, uploads))
	mux.Handle(base+"/", http.StripPrefix(base+"/", uploads))
	return &http.Server{
		Addr:              given.addr,
		Handler:           mux,
		ReadHeaderTimeout: time.Minute,
		IdleTimeout:       time.Minute,
	}
}
