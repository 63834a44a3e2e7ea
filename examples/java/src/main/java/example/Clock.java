package example;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.Executors;

/** Tells the time: {@code GET /time/Europe/Paris}. */
public final class Clock {
    private static final String PREFIX = "/time/";

    private Clock() {}

    public static void main(String[] args) throws IOException {
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
        HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/healthz", exchange -> reply(exchange, 200, "ok"));
        server.createContext(PREFIX, Clock::time);
        server.start();
        System.out.println("listening on " + port);
    }

    private static void time(HttpExchange exchange) throws IOException {
        String zone = exchange.getRequestURI().getPath().substring(PREFIX.length());
        try {
            ZonedDateTime now = ZonedDateTime.now(ZoneId.of(zone));
            reply(exchange, 200, now.format(DateTimeFormatter.ISO_OFFSET_DATE_TIME));
        } catch (DateTimeException e) {
            reply(exchange, 404, "no such time zone");
        }
    }

    private static void reply(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        exchange.sendResponseHeaders(status, body.length);
        try (exchange; var out = exchange.getResponseBody()) {
            out.write(body);
        }
    }
}
