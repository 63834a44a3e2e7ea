require "webrick"
require "greeter"
server = WEBrick::HTTPServer.new(Port: 9292, BindAddress: "0.0.0.0", AccessLog: [], Logger: WEBrick::Log.new(File::NULL))
server.mount_proc("/") { |_, response| response.body = Greeter.greet("web") }
trap("TERM") { server.shutdown }
server.start
