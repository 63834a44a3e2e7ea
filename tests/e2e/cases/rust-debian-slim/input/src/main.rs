use std::io::{Read, Write};
use std::net::TcpListener;

extern "C" {
    fn signal(number: i32, handler: extern "C" fn(i32)) -> usize;
}

extern "C" fn end(_: i32) {
    std::process::exit(0);
}

fn main() -> std::io::Result<()> {
    unsafe { signal(15, end) };
    let listener = TcpListener::bind("0.0.0.0:8080")?;
    for stream in listener.incoming() {
        let mut stream = stream?;
        let mut buffer = [0u8; 1024];
        let _ = stream.read(&mut buffer)?;
        let body = greeter::greet("web");
        write!(stream, "HTTP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n{}", body.len(), body)?;
    }
    Ok(())
}
