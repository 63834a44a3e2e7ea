using System.Collections.Concurrent;

namespace Shop;

public sealed record Line(string Article, int Quantity);

public sealed class Basket
{
    private readonly ConcurrentDictionary<string, int> _lines = new();

    public IEnumerable<Line> Lines => _lines.Select(line => new Line(line.Key, line.Value));

    public Line Add(Line line) =>
        new(line.Article, _lines.AddOrUpdate(line.Article, line.Quantity, (_, held) => held + line.Quantity));
}
