using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace WaitFor.Tests.Faults;

/// <summary>What happens to a JSON text.</summary>
internal enum Edit
{
    // By the grammar: what comes out is JSON again.
    ReplaceValue,
    CopyValue,
    DeleteMember,
    RepeatMember,

    // By the token.
    DeleteToken,
    InsertToken,

    // By the byte.
    CutShort,
    FlipBit,
    InsertBytes,
}

/// <summary>One mutation of a JSON text.</summary>
/// <param name="Edit">What happens.</param>
/// <param name="At">Where, modulo the number of places.</param>
/// <param name="Other">With what, modulo the number of possibilities.</param>
internal sealed record JsonMutation(Edit Edit, int At, int Other)
{
    private static readonly byte[][] Values = Utf8(
        "null",
        "true",
        "false",
        "0",
        "-1",
        "1",
        "1.5",
        "2147483648",
        "99999999999999999999999",
        "1e400",
        "-0",
        "\"\"",
        "\"True\"",
        "\"False\"",
        "\"Unknown\"",
        "\"Complete\"",
        "\"Ready\"",
        "\"Succeeded\"",
        "\"Job\"",
        "\"1\"",
        "\"\\u0000\\u001b[31m\"",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "\"\\u202e\"",
        "[]",
        "{}",
        "[null]",
        "[[[[]]]]",
        "{\"\\ud800\":1}",
        "{\"name\":\"web\"}",
        "[{\"type\":\"Complete\",\"status\":\"True\"}]",
        "[{\"type\":\"Ready\",\"status\":\"Unknown\"}]",
        new string('[', 65) + new string(']', 65)
    );

    private static readonly byte[][] Pieces =
    [
        .. Utf8(
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "01",
            "NaN",
            "\"kind\":",
            ",\"kind\":\"List\"",
            "\"metadata\":{},",
            "/* no */",
            "\n",
            "\u2028",
            string.Concat(Enumerable.Repeat("{\"a\":", 10_000))
        ),
        [0xff],
        [0xc3, 0x28],
        [0xef, 0xbb, 0xbf],
        [0],
        [0x22, 0xed, 0xa0, 0x80, 0x22],
    ];

    /// <summary>Mostly by the grammar: the others are refused sooner or later.</summary>
    public static Gen<JsonMutation> Any { get; } =
        from edit in Gen.Frequency(
            (12, Gen.Elements(Edit.ReplaceValue, Edit.CopyValue, Edit.DeleteMember, Edit.RepeatMember)),
            (1, Gen.Elements(Enum.GetValues<Edit>()))
        )
        from at in Gen.Choose(0, int.MaxValue)
        from other in Gen.Choose(0, int.MaxValue)
        select new JsonMutation(edit, at, other);

    /// <summary>The text after mutations, one after the other.</summary>
    public static byte[] Apply(byte[] json, IEnumerable<JsonMutation> mutations) =>
        mutations.Aggregate(json, (text, mutation) => mutation.Apply(text));

    public override string ToString() => $"{Edit} at {At} with {Other}";

    private byte[] Apply(byte[] text)
    {
        if (text.Length == 0)
            return text;
        var at = At % text.Length;
        switch (Edit)
        {
            case Edit.CutShort:
                return text[..at];
            case Edit.FlipBit:
                var flipped = text.ToArray();
                flipped[at] ^= (byte)(1 << (Other % 8));
                return flipped;
            case Edit.InsertBytes:
                return [.. text[..at], .. Pieces[Other % Pieces.Length], .. text[at..]];
        }

        // What an earlier mutation broke has no grammar any more.
        if (Token.Read(text) is not { } tokens)
            return text;
        var places = Edit switch
        {
            Edit.ReplaceValue or Edit.CopyValue => tokens.FindAll(token => token.IsValue),
            Edit.DeleteMember or Edit.RepeatMember => tokens.FindAll(token => !token.IsValue),
            _ => tokens,
        };
        if (places.Count == 0)
            return text;
        var place = places[At % places.Count];
        var other = places[Other % places.Count];
        return Edit switch
        {
            Edit.ReplaceValue => Put(place.Start, place.End, Values[Other % Values.Length]),
            Edit.CopyValue => Put(place.Start, place.End, text[other.Start..other.End]),
            // With the comma after it, or the one before.
            Edit.DeleteMember when place.End < text.Length && text[place.End] == ',' => Put(place.Start, place.End + 1, []),
            Edit.DeleteMember => Put(text[place.Start - 1] == ',' ? place.Start - 1 : place.Start, place.End, []),
            Edit.RepeatMember => Put(place.End, place.End, [(byte)',', .. text[other.Start..other.End]]),
            Edit.DeleteToken => Put(place.Start, place.TokenEnd, []),
            _ => Put(place.Start, place.Start, Pieces[Other % Pieces.Length]),
        };

        byte[] Put(int start, int end, byte[] piece) => [.. text.AsSpan(0, start), .. piece, .. text.AsSpan(end)];
    }

    private static byte[][] Utf8(params IEnumerable<string> texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    /// <summary>A value, or a member of an object.</summary>
    private sealed class Token
    {
        public bool IsValue { get; init; }

        public int Start { get; init; }

        /// <summary>Where the whole value ends, or the member with its value.</summary>
        public int End { get; private set; }

        /// <summary>Where its first token ends.</summary>
        public int TokenEnd { get; init; }

        /// <summary>All of them; null for what is not JSON.</summary>
        public static List<Token>? Read(byte[] json)
        {
            var tokens = new List<Token>();
            var open = new Stack<Token>();
            var reader = new Utf8JsonReader(json);
            try
            {
                while (reader.Read())
                {
                    var end = (int)reader.BytesConsumed;
                    if (reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject)
                    {
                        open.Pop().End = end;
                    }
                    else
                    {
                        var token = new Token
                        {
                            IsValue = reader.TokenType != JsonTokenType.PropertyName,
                            Start = (int)reader.TokenStartIndex,
                            TokenEnd = end,
                            End = end,
                        };
                        tokens.Add(token);
                        if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject or JsonTokenType.PropertyName)
                        {
                            open.Push(token);
                            continue;
                        }
                    }

                    // A member ends with its value.
                    if (open.TryPeek(out var name) && !name.IsValue)
                        open.Pop().End = end;
                }

                return tokens;
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }
}
