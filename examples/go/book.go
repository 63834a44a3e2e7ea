package main

import "sync"

// Entry is one line of the guestbook.
type Entry struct {
	Name    string `json:"name"`
	Message string `json:"message"`
}

// Book holds the newest entries, up to a limit.
type Book struct {
	mu      sync.Mutex
	limit   int
	entries []Entry
}

// NewBook returns an empty book that keeps at most limit entries.
func NewBook(limit int) *Book {
	return &Book{limit: limit, entries: []Entry{}}
}

// Add appends an entry and drops the oldest one when the book is full.
func (b *Book) Add(entry Entry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.entries = append(b.entries, entry)
	if len(b.entries) > b.limit {
		b.entries = b.entries[1:]
	}
}

// Entries returns a copy of what is in the book.
func (b *Book) Entries() []Entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Entry{}, b.entries...)
}
