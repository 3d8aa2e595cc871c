using System.Globalization;
using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace WaitFor.Kubernetes.Access;

/// <summary>Writes YAML as the JSON that kubectl makes of it: plain scalars become null, booleans and numbers by the rules of YAML 1.1
/// (<c>yes</c> is true, <c>0x1F</c> is 31), quoted ones stay text.
/// <see href="https://yaml.org/type/"/></summary>
internal static class YamlJson
{
    private const string Tag = "tag:yaml.org,2002:";

    /// <summary>Writes one node with all that is below it.</summary>
    /// <param name="json">Takes it.</param>
    /// <param name="node">The node.</param>
    /// <param name="error">Makes the exception for what JSON cannot express.</param>
    public static void Write(Utf8JsonWriter json, YamlNode node, Func<string, AccessException> error)
    {
        switch (node)
        {
            case YamlMappingNode mapping:
                json.WriteStartObject();
                foreach (var (key, value) in mapping.Children)
                {
                    json.WritePropertyName(
                        key is YamlScalarNode { Value: { } name }
                            ? name
                            : throw error("a key is not a single value, which JSON cannot express")
                    );
                    Write(json, value, error);
                }

                json.WriteEndObject();
                break;
            case YamlSequenceNode sequence:
                json.WriteStartArray();
                foreach (var item in sequence.Children)
                    Write(json, item, error);
                json.WriteEndArray();
                break;
            case YamlScalarNode scalar:
                WriteScalar(json, scalar, error);
                break;
            default:
                throw error($"line {node.Start.Line} cannot be written as JSON");
        }
    }

    private static void WriteScalar(Utf8JsonWriter json, YamlScalarNode scalar, Func<string, AccessException> error)
    {
        var text = scalar.Value ?? "";
        // "!" says: text, whatever it looks like.
        var tag = scalar.Tag.IsEmpty || scalar.Tag.Value is "?" ? null : scalar.Tag.Value;
        if (tag is "!" or Tag + "str" || (tag is null && scalar.Style != ScalarStyle.Plain))
            json.WriteStringValue(text);
        else if (tag is not (null or Tag + "int" or Tag + "float" or Tag + "bool" or Tag + "null"))
            throw error($"line {scalar.Start.Line} has the tag {ApiFault.OneLine(tag)}, which JSON cannot express");
        else if (text is "" or "~" or "null" or "Null" or "NULL")
            json.WriteNullValue();
        else if (Flag(text) is { } flag)
            json.WriteBooleanValue(flag);
        else if (Whole(text) is { } whole)
            json.WriteNumberValue(whole);
        else if (LooksLikeNumber(text) && double.TryParse(Plain(text), NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            json.WriteNumberValue(double.IsFinite(number) ? number : throw error($"{text} is not a JSON number"));
        else if (text.TrimStart('+', '-') is ".inf" or ".Inf" or ".INF" || text is ".nan" or ".NaN" or ".NAN")
            throw error($"{text} is not a JSON number");
        else
            json.WriteStringValue(text);
    }

    private static bool? Flag(string text) =>
        text switch
        {
            "y" or "Y" or "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON" => true,
            "n" or "N" or "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF" => false,
            _ => null,
        };

    /// <summary>Decimal, hexadecimal (0x), octal (0 or 0o) and binary (0b) numbers, with underscores between the digits.</summary>
    private static decimal? Whole(string text)
    {
        var plain = Plain(text);
        var sign = plain is ['-', ..] ? -1 : 1;
        var digits = plain.AsSpan(plain is ['-' or '+', ..] ? 1 : 0);
        if (digits.IsEmpty || !char.IsAsciiDigit(digits[0]))
            return null;
        var (radix, start) = digits switch
        {
            ['0', 'x' or 'X', _, ..] => (16u, 2),
            ['0', 'o' or 'O', _, ..] => (8u, 2),
            ['0', 'b' or 'B', _, ..] => (2u, 2),
            ['0', _, ..] => (8u, 1),
            _ => (10u, 0),
        };
        ulong value = 0;
        foreach (var character in digits[start..])
        {
            var digit = char.IsAsciiHexDigit(character) ? (uint)Convert.ToInt32(character.ToString(), 16) : uint.MaxValue;
            if (digit >= radix || value > (ulong.MaxValue - digit) / radix)
                return null;
            value = (value * radix) + digit;
        }

        return sign * (decimal)value;
    }

    private static string Plain(string text) => text.Replace("_", "", StringComparison.Ordinal);

    /// <summary>Digits, at most one point and an exponent: what else double.Parse takes ("Infinity", "1,000") is text.</summary>
    private static bool LooksLikeNumber(string text) =>
        text.AsSpan().IndexOfAnyInRange('0', '9') >= 0
        && text.All(character => char.IsAsciiDigit(character) || character is '.' or 'e' or 'E' or '+' or '-' or '_')
        && text[0] is not ('e' or 'E' or '_');
}
