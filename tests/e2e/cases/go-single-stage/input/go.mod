module example.com/shop

go 1.21

require example.com/greeter v1.0.0
