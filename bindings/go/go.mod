module github.com/cardseal/cardseal/bindings/go

go 1.19
