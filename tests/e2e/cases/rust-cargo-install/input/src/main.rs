fn main() {
    println!("{}", greeter::greet("rust"));
}
