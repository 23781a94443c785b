// Asks Apache KIE's DMN engine what our exported tables decide. Arguments: DMN files. Standard input, one question a
// line: number of the file, decision, then name=FEEL value, parted by tabs. Standard output, one answer a line:
// name=value of every output, sorted, parted by tabs; `null` where no rule answers; `error …` where it cannot.
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.kie.api.io.Resource;
import org.kie.dmn.api.core.DMNContext;
import org.kie.dmn.api.core.DMNMessage;
import org.kie.dmn.api.core.DMNModel;
import org.kie.dmn.api.core.DMNResult;
import org.kie.dmn.api.core.DMNRuntime;
import org.kie.dmn.core.internal.utils.DMNRuntimeBuilder;
import org.kie.dmn.feel.FEEL;
import org.kie.internal.io.ResourceFactory;

public class Decide {
  public static void main(String[] files) throws Exception {
    List<DMNRuntime> runtimes = new ArrayList<>();
    for (String file : files) {
      List<Resource> one = List.of(ResourceFactory.newFileResource(new File(file)));
      runtimes.add(DMNRuntimeBuilder.fromDefaults().buildConfiguration().fromResources(one)
          .getOrElseThrow(problem -> new RuntimeException(file, problem)));
    }
    for (int place = 0; place < files.length; place++) {
      for (DMNMessage message : runtimes.get(place).getModels().get(0).getMessages()) {
        if (message.getSeverity() == DMNMessage.Severity.ERROR) {
          System.err.println(files[place] + ": " + message.getText());
        }
      }
    }
    FEEL feel = FEEL.newInstance();
    Map<String, Object> values = new HashMap<>();
    BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream answers = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    String line;
    while ((line = questions.readLine()) != null) {
      String[] parts = line.split("\t");
      DMNRuntime runtime = runtimes.get(Integer.parseInt(parts[0]));
      DMNModel model = runtime.getModels().get(0);
      DMNContext context = runtime.newContext();
      for (int place = 2; place < parts.length; place++) {
        int sign = parts[place].indexOf('=');
        String text = parts[place].substring(sign + 1);
        context.set(parts[place].substring(0, sign), values.computeIfAbsent(text, feel::evaluate));
      }
      DMNResult result = runtime.evaluateByName(model, context, parts[1]);
      answers.println(shown(result, parts[1]));
    }
    answers.flush();
  }

  private static String shown(DMNResult result, String decision) {
    if (result.hasErrors()) {
      return "error " + result.getMessages().get(0).getText().replace('\n', ' ');
    }
    Object found = result.getDecisionResultByName(decision).getResult();
    if (!(found instanceof Map)) {
      return String.valueOf(found);
    }
    StringBuilder text = new StringBuilder();
    for (Map.Entry<?, ?> entry : new TreeMap<>((Map<?, ?>) found).entrySet()) {
      text.append(text.length() == 0 ? "" : "\t").append(entry.getKey()).append('=').append(entry.getValue());
    }
    return text.toString();
  }
}
