import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.*;
import org.hl7.fhir.common.hapi.validation.support.*;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import java.nio.file.*;

/** Says what HL7's validator, with HAPI and the definitions of FHIR R4, finds wrong in each file: file, severity, place, words. */
public class Check {
    public static void main(String[] files) throws Exception {
        FhirContext context = FhirContext.forR4();
        ValidationSupportChain chain = new ValidationSupportChain(
            new DefaultProfileValidationSupport(context), new InMemoryTerminologyServerValidationSupport(context),
            new CommonCodeSystemsTerminologyService(context));
        FhirInstanceValidator module = new FhirInstanceValidator(new CachingValidationSupport(chain));
        module.setAnyExtensionsAllowed(false);
        module.setErrorForUnknownProfiles(true);
        FhirValidator validator = context.newValidator().registerValidatorModule(module);
        for (String file : files)
            for (SingleValidationMessage found : validator.validateWithResult(Files.readString(Path.of(file))).getMessages())
                System.out.println(file + "\t" + found.getSeverity() + "\t" + found.getLocationString() + "\t" + found.getMessage());
    }
}
