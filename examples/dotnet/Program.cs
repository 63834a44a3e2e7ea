using Shop;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSingleton<Basket>();
builder.Services.AddHealthChecks();

var app = builder.Build();

app.MapHealthChecks("/healthz");
app.MapGet("/basket", (Basket basket) => basket.Lines);
app.MapPost("/basket", (Basket basket, Line line) =>
    line.Quantity < 1
        ? Results.BadRequest(new { error = "quantity must be at least 1" })
        : Results.Ok(basket.Add(line)));

app.Run();
