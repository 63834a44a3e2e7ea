package main

// static int answer(void) { return 42; }
import "C"

import (
	"fmt"
	"net/http"

	"example.com/greeter"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, greeter.Greet("web"), C.answer()) })
	panic(http.ListenAndServe(":8080", nil))
}
