package main

import (
	"fmt"
	"net/http"

	"example.com/greeter"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, greeter.Greet("web")) })
	panic(http.ListenAndServe(":8080", nil))
}
