using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using WaitFor.Verdicts.Conditions;

namespace WaitFor.Verdicts.Tests;

/// <summary>kubectl's dialect of JSONPath: what expressions find, what is refused, and that nothing makes them fail.</summary>
public sealed class JsonPathTests
{
    private const string Object = """
        {"a":{"b":"x","c.d":"dot","n":5432,"f":0.5,"t":true,"z":null,"e":"","l":[],"app.kubernetes.io/name":"shop"},
         "items":[{"name":"a","ready":true,"port":1,"tags":["p","q"]},{"name":"b","ready":false,"port":2},{"name":"c","port":10}],
         "conditions":[{"type":"Ready","status":"True"},{"type":"Synced","status":"False"}],
         "deep":{"name":"d1","below":{"name":"d2","list":[{"name":"d3"}]}}}
        """;

    [Theory]
    [InlineData("{.a.b}", "x")]
    [InlineData(".a.b", "x")]
    [InlineData("a.b", "x")]
    [InlineData("{a.b}", "x")]
    [InlineData("{ .a.b }", "x")]
    [InlineData("{$.a.b}", "x")]
    [InlineData("{@.a.b}", "x")]
    [InlineData("{['a']['b']}", "x")]
    [InlineData("{.a['b']}", "x")]
    [InlineData("""{["a"].b}""", "x")]
    [InlineData(@"{.a.c\.d}", "dot")]
    [InlineData("{.a['c.d']}", "dot")]
    [InlineData(@"{.a['c\.d']}", "dot")]
    [InlineData(@"{.a.app\.kubernetes\.io/name}", "shop")]
    [InlineData("{.a.n}", "5432")]
    [InlineData("{.a.f}", "0.5")]
    [InlineData("{.a.t}", "true")]
    [InlineData("{.a.z}", "-")]
    [InlineData("{.a.e}", "")]
    [InlineData("{.a.l}", "-")]
    [InlineData("{.a.missing}", null)]
    [InlineData("{.a.b.c}", null)]
    [InlineData("{.a[0]}", null)]
    [InlineData("{.items[0].name}", "a")]
    [InlineData("{.items[-1].name}", "c")]
    [InlineData("{.items[3].name}", null)]
    [InlineData("{.items[-4].name}", null)]
    [InlineData("{.items[*].name}", "a b c")]
    [InlineData("{.items[*].ready}", "true false")]
    [InlineData("{.items.*.name}", "a b c")]
    [InlineData("{.items[:].name}", "a b c")]
    [InlineData("{.items[1:].name}", "b c")]
    [InlineData("{.items[:2].name}", "a b")]
    [InlineData("{.items[0:-1].name}", "a b")]
    [InlineData("{.items[0:3:2].name}", "a c")]
    [InlineData("{.items[-2:].name}", "b c")]
    [InlineData("{.items[1:1].name}", null)]
    [InlineData("{.items[0:9].name}", null)]
    [InlineData("{.items[0,2].name}", "a c")]
    [InlineData("{.items[0]['name','port']}", "a 1")]
    [InlineData("{.items[*].tags[1]}", "q")]
    [InlineData("""{.conditions[?(@.type=="Ready")].status}""", "True")]
    [InlineData("""{.conditions[?(@.type == 'Ready')].status}""", "True")]
    [InlineData("""{.conditions[?(@.type!="Ready")].status}""", "False")]
    [InlineData("""{.conditions[?("Ready"==@.type)].status}""", "True")]
    [InlineData("""{.conditions[?(@.type=="None")].status}""", null)]
    [InlineData("""{.items[?(@.port<10)].name}""", "a b")]
    [InlineData("""{.items[?(@.port>1.5)].name}""", "b c")]
    [InlineData("""{.items[?(@.port<=1)].name}""", "a")]
    [InlineData("""{.items[?(@.port>=10)].name}""", "c")]
    [InlineData("""{.items[?(@.ready==true)].name}""", "a")]
    [InlineData("""{.items[?(@.ready)].name}""", "a b")]
    [InlineData("""{.items[?(@.tags[0]=="p")].name}""", "a")]
    [InlineData("""{.items[?(@.tags[*]=="p")].name}""", null)]
    // Sides of different types are an error in kubectl: here they do not match, with != neither.
    [InlineData("""{.items[?(@.port=="1")].name}""", null)]
    [InlineData("""{.items[?(@.port!="1")].name}""", null)]
    [InlineData("""{.a[?(@.x==1)]}""", null)]
    [InlineData("{.deep..name}", "d1 d2 d3")]
    [InlineData("{..list[*].name}", "d3")]
    [InlineData("{.deep.*.name}", "d2")]
    public void An_expression_finds(string expression, string? expected)
    {
        var (path, error) = JsonPath.Parse(expression);
        Assert.Null(error);
        using var document = JsonDocument.Parse(Object);
        var values = path!.Evaluate(document.RootElement).Values;
        Assert.Equal(expected, values.Count == 0 ? null : string.Join(' ', values.Select(value => JsonPath.Printed(value) ?? "-")));
    }

    [Theory]
    [InlineData("{.items[*].ready}", true)]
    [InlineData("{.items[*].name}", false)]
    [InlineData("{.items[*].tags[0]}", true)]
    [InlineData("""{.items[?(@.port<3)].ready}""", false)]
    [InlineData("{.items[0].missing}", false)]
    [InlineData("{..name}", false)]
    [InlineData("{.items[0]['name','none']}", true)]
    public void A_branch_without_the_value_is_reported(string expression, bool missed)
    {
        using var document = JsonDocument.Parse(Object);
        Assert.Equal(missed, JsonPath.Parse(expression).Path!.Evaluate(document.RootElement).Missed);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("{}", 1)]
    [InlineData("{.a", 0)]
    [InlineData("{.a}{.b}", 3)]
    [InlineData("{.a}x", 0)]
    [InlineData(".a}", 2)]
    [InlineData("{.a.}", 4)]
    [InlineData("{.a..}", null)]
    [InlineData("{.a...b}", 5)]
    [InlineData("{.a....b}", 5)]
    [InlineData(@"{.a\}", 3)]
    [InlineData("{.a[}", 3)]
    [InlineData("{.a[0}", 3)]
    [InlineData("{.a[]}", 4)]
    [InlineData("{.a[x]}", 4)]
    [InlineData("{.a['x]}", 4)]
    [InlineData("{.a['']}", 4)]
    [InlineData("{.a[0,]}", 6)]
    [InlineData("{.a[99999999999]}", 4)]
    [InlineData("{.a[1:2:3:4]}", 11)]
    [InlineData("{.a[0:1:0]}", 4)]
    [InlineData("{.a b}", 4)]
    [InlineData("{.a]}", 3)]
    [InlineData("{.a@b}", 3)]
    [InlineData("{.a\"b}", 3)]
    [InlineData("""{.a[?(@.x=="y"}""", 3)]
    [InlineData("""{.a[?(@.x=="y)]}""", 3)]
    [InlineData("""{.a[?(@.x="y")]}""", 9)]
    [InlineData("""{.a[?(@.x=~"y")]}""", 9)]
    [InlineData("""{.a[?(@.x==y)]}""", 11)]
    [InlineData("""{.a[?(@.x==)]}""", 11)]
    [InlineData("""{.a[?(=="y")]}""", 6)]
    [InlineData("""{.a[?("x")]}""", 6)]
    [InlineData("""{.a[?()]}""", 6)]
    [InlineData("""{.a[?(@.x=="y" && @.z=="1")]}""", 15)]
    [InlineData("{range .items[*]}{.name}{end}", 16)]
    public void An_expression_is_refused_with_its_place(string expression, int? offset)
    {
        var (path, error) = JsonPath.Parse(expression);
        Assert.Equal(offset, error?.Offset);
        Assert.Equal(offset is null, path is not null);
    }

    [Theory]
    [InlineData("1.0", "1")]
    [InlineData("0.1", "0.1")]
    [InlineData("-0.25", "-0.25")]
    [InlineData("100000.0", "100000")]
    [InlineData("1000000.0", "1e+06")]
    [InlineData("1234567.5", "1.2345675e+06")]
    [InlineData("0.0001", "0.0001")]
    [InlineData("0.00001", "1e-05")]
    [InlineData("1e3", "1000")]
    [InlineData("9007199254740993", "9007199254740993")]
    [InlineData("-0.0", "-0")]
    [InlineData("1e400", null)]
    public void A_number_prints_as_Go_prints_it(string json, string? printed)
    {
        using var document = JsonDocument.Parse(json);
        Assert.Equal(printed, JsonPath.Printed(document.RootElement));
    }

    [Fact]
    public void No_text_makes_the_parser_fail_and_no_object_the_evaluation()
    {
        var pieces = Gen.Elements(
            "{", "}", ".", "..", "[", "]", "a", "items", "*", "'", "\"", "?(", ")", "@", "$", "==", "!=", "<", ">", "=", "0", "-1", ":",
            ",", "\\", " ", "é", "\ud800", "\n", "name", "true", "&&", "[?(@.name==\"a\")]", "[*]", "['a']"
        );
        var texts = Gen.Choose(0, 14).SelectMany(count => pieces.ArrayOf(count)).Select(string.Concat);
        var parsed = 0;
        using var document = JsonDocument.Parse(Object);
        using var odd = JsonDocument.Parse("""[{"a\ud800":"\ud800","a":"\ud800"},[[]],1e999,"\ud800"]""");
        Prop.ForAll(texts.ToArbitrary(), text =>
            {
                Wanted.Parse(["jsonpath=" + text]);
                var (path, error) = JsonPath.Parse(text);
                Assert.True(error is null ? path is not null : error.Offset >= 0 && error.Offset <= text.Length);
                if (path is null)
                    return true;
                parsed++;
                foreach (var root in new[] { document.RootElement, odd.RootElement })
                    path.Evaluate(root).Values.ToList().ForEach(value => JsonPath.Printed(value));
                return true;
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(20_000).WithQuietOnSuccess(true));
        Assert.True(parsed > 500, $"{parsed} parsed");
    }

    [Fact]
    public void Steps_that_multiply_end_without_a_value()
    {
        var json = string.Concat(Enumerable.Repeat("{\"a\":[", 80)) + string.Concat(Enumerable.Repeat("]}", 80));
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 500 });
        var result = JsonPath.Parse("{..[*]..[*]..[*]..[*]..a}").Path!.Evaluate(document.RootElement);
        Assert.Empty(result.Values);
        Assert.True(result.Missed);
    }
}
