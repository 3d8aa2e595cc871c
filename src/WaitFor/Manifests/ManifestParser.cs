using System.Text;
using System.Text.Json;
using WaitFor.CommandLine;
using WaitFor.Kubernetes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace WaitFor.Manifests;

/// <summary>Reads the documents of one file, YAML or JSON, from the parser's events: no reflection, no expansion of aliases, and no more
/// than so many levels.</summary>
/// <param name="file">Name of the file, for messages.</param>
/// <param name="content">The file, UTF-8.</param>
/// <param name="strict">True: a key that stands twice, and a template's action outside quotes are errors.</param>
internal sealed class ManifestParser(string file, byte[] content, bool strict = false)
{
    private const int MostLevels = 100;

    /// <summary>So many values may a document have with its aliases written out.</summary>
    private const long MostValues = 10_000_000;

    private const string Unrendered = "an unrendered template ({{ }}); render it first, for example with helm template";

    private readonly Dictionary<string, ManifestNode> _anchors = new(StringComparer.Ordinal);
    private readonly ReadOnlyMemory<byte> _bytes = content.AsMemory(content.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? 3 : 0);
    private string _text = "";

    /// <summary>All documents; those without content too.</summary>
    /// <exception cref="UsageException">It is neither; the message has file, line and column.</exception>
    public IReadOnlyList<ManifestNode> Documents()
    {
        try
        {
            _text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(_bytes.Span);
        }
        catch (DecoderFallbackException)
        {
            throw new UsageException($"{file} is not UTF-8 text");
        }

        // YAML's mappings may begin with a brace too; JSON's keys have quotes.
        var text = _text.AsSpan().TrimStart();
        return text is ['{', ..] && text[1..].TrimStart() is [] or ['"' or '}', ..] ? Json() : Yaml();
    }

    /// <summary>A message with its place; where a template language stands in that line, that is the reason.</summary>
    private UsageException Error(long line, long column, string message)
    {
        var lines = _text.AsSpan().EnumerateLines();
        for (var number = 1L; lines.MoveNext(); number++)
        {
            if (number == line && lines.Current.Contains("{{", StringComparison.Ordinal))
                message = Unrendered;
            // An action alone in its line is a mapping to YAML, and the error is what follows it.
            else if (strict && number == line - 1 && lines.Current.TrimStart().StartsWith("{{", StringComparison.Ordinal))
                (line, message) = (number, Unrendered);
        }

        return new UsageException($"{file}:{line}:{column}: {ApiFault.OneLine(message)}");
    }

    private List<ManifestNode> Yaml()
    {
        var documents = new List<ManifestNode>();
        var parser = new Parser(new StringReader(_text));
        try
        {
            while (parser.MoveNext())
            {
                if (parser.Current is not DocumentStart)
                    continue;
                _anchors.Clear();
                parser.MoveNext();
                documents.Add(Node(parser, 0));
                if (documents[^1].Size > MostValues)
                    throw Error(documents[^1].Line, documents[^1].Column, "too many objects or values: its aliases multiply them");
            }
        }
        catch (YamlException exception)
        {
            throw Error(exception.Start.Line, exception.Start.Column, "not valid YAML: " + exception.Message);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // What the library does not foresee, such as "[?" before a mapping.
            var end = parser.Current?.End ?? Mark.Empty;
            throw Error(end.Line, end.Column, "not valid YAML after this place: " + exception.Message);
        }

        return documents;
    }

    private ManifestNode Node(Parser parser, int level)
    {
        var start = parser.Current!.Start;
        var anchor = (parser.Current as NodeEvent)?.Anchor;
        var node = new ManifestNode((int)start.Line, (int)start.Column);
        if (level > MostLevels)
            throw Error(start.Line, start.Column, $"more than {MostLevels} levels");
        switch (parser.Current)
        {
            case AnchorAlias alias:
                // An alias within what it names is not complete yet: there is no circle.
                return _anchors.GetValueOrDefault(alias.Value.Value)
                    ?? throw Error(start.Line, start.Column, $"the alias *{alias.Value.Value} has no anchor before it");
            case Scalar scalar:
                if (strict && scalar.Style == ScalarStyle.Plain && Template.IsAction(scalar.Value))
                    throw Error(start.Line, start.Column, Unrendered);
                node = node with { Text = IsNull(scalar) ? null : scalar.Value };
                break;
            case SequenceStart:
                var items = new List<ManifestNode>();
                while (parser.MoveNext() && parser.Current is not SequenceEnd)
                    items.Add(Node(parser, level + 1));
                node = Measured(node with { Items = items }, items, level);
                break;
            case MappingStart:
                var fields = new List<KeyValuePair<string, ManifestNode>>();
                var keys = strict ? new HashSet<string>(StringComparer.Ordinal) : null;
                while (parser.MoveNext() && parser.Current is not MappingEnd)
                {
                    var (at, key) = (parser.Current!.Start, parser.Current as Scalar);
                    if (key is null)
                        throw Error(at.Line, at.Column, "a key is not a single value");
                    if (strict && Template.IsAction(key.Value))
                        throw Error(at.Line, at.Column, Unrendered);
                    if (keys?.Add(key.Value) == false)
                        throw Error(at.Line, at.Column, Twice(key.Value));
                    parser.MoveNext();
                    fields.Add(new(key.Value, Node(parser, level + 1)));
                }

                node = Measured(node with { Fields = fields }, fields.Select(field => field.Value), level);
                break;
            default:
                throw Error(start.Line, start.Column, "not valid YAML");
        }

        if (anchor is { IsEmpty: false } named)
            _anchors[named.Value] = node;
        return node;
    }

    /// <summary>The node with its size; aliases do not lead around the bound of levels.</summary>
    private ManifestNode Measured(ManifestNode node, IEnumerable<ManifestNode> children, int level)
    {
        var (levels, size) = (1, 1L);
        foreach (var child in children)
            (levels, size) = (Math.Max(levels, child.Levels + 1), Math.Min(size + child.Size, long.MaxValue / 4));
        return level + levels > MostLevels + 2
            ? throw Error(node.Line, node.Column, $"more than {MostLevels} levels")
            : node with { Levels = levels, Size = size };
    }

    private static string Twice(string key) => $"the key {key} appears twice, and the last one would win; delete one";

    private static bool IsNull(Scalar scalar) =>
        scalar is { Style: ScalarStyle.Plain, Tag.IsEmpty: true, Value: "" or "~" or "null" or "Null" or "NULL" };

    /// <summary>One JSON document after the other, as <c>kubectl get -o json</c> writes them.</summary>
    private List<ManifestNode> Json()
    {
        var documents = new List<ManifestNode>();
        var options = new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = MostLevels };
        var reader = new Utf8JsonReader(_bytes.Span, options);
        var places = new Places(_bytes);
        try
        {
            while (reader.Read())
                documents.Add(Node(ref reader, places));
        }
        catch (JsonException exception)
        {
            throw Error((exception.LineNumber ?? 0) + 1, (exception.BytePositionInLine ?? 0) + 1, "not valid JSON: " + exception.Message);
        }
        catch (InvalidOperationException exception)
        {
            // Half a surrogate pair.
            var place = places.At(reader.TokenStartIndex);
            throw Error(place.Line, place.Column, "not valid JSON: " + exception.Message);
        }

        return documents;
    }

    private ManifestNode Node(ref Utf8JsonReader reader, Places places)
    {
        var node = places.At(reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var fields = new List<KeyValuePair<string, ManifestNode>>();
                var keys = strict ? new HashSet<string>(StringComparer.Ordinal) : null;
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var key = reader.GetString()!;
                    if (keys?.Add(key) == false && places.At(reader.TokenStartIndex) is var at)
                        throw Error(at.Line, at.Column, Twice(key));
                    reader.Read();
                    fields.Add(new(key, Node(ref reader, places)));
                }

                return node with { Fields = fields };
            case JsonTokenType.StartArray:
                var items = new List<ManifestNode>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    items.Add(Node(ref reader, places));
                return node with { Items = items };
            case JsonTokenType.Null:
                return node;
            case JsonTokenType.String:
                return node with { Text = reader.GetString() };
            default:
                return node with { Text = Encoding.UTF8.GetString(reader.ValueSpan) };
        }
    }

    /// <summary>Lines and columns of bytes, asked for in their order.</summary>
    private sealed class Places(ReadOnlyMemory<byte> bytes)
    {
        private long _index;
        private long _lineStart;
        private int _line = 1;

        public ManifestNode At(long index)
        {
            for (; _index < index; _index++)
            {
                if (bytes.Span[(int)_index] == '\n')
                    (_line, _lineStart) = (_line + 1, _index + 1);
            }

            return new ManifestNode(_line, (int)(index - _lineStart) + 1);
        }
    }
}
