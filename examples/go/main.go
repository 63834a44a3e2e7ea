// Command guestbook keeps the last visitors in memory and serves them as JSON.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

var version = "dev"

func main() {
	address := os.Getenv("LISTEN")
	if address == "" {
		address = ":8080"
	}
	book := NewBook(100)
	server := &http.Server{Addr: address, Handler: routes(book), ReadHeaderTimeout: 5 * time.Second}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		_ = server.Shutdown(context.Background())
	}()

	log.Printf("guestbook %s on %s", version, address)
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
}

func routes(book *Book) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]string{"status": "ok", "version": version})
	})
	mux.HandleFunc("GET /entries", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, book.Entries())
	})
	mux.HandleFunc("POST /entries", func(w http.ResponseWriter, r *http.Request) {
		var entry Entry
		body := http.MaxBytesReader(w, r.Body, 4096)
		if err := json.NewDecoder(body).Decode(&entry); err != nil || entry.Name == "" {
			writeJSON(w, http.StatusBadRequest, map[string]string{"error": "name is missing"})
			return
		}
		book.Add(entry)
		writeJSON(w, http.StatusCreated, entry)
	})
	return mux
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}
